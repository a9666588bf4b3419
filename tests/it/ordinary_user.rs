//! For what holds for everybody but root: permissions.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::process::Command;

use crate::harness::Folder;

/// Runs a test of this binary again as a user without rights when root runs
/// it, and says whether that was done.
pub(crate) fn ran(test: &str) -> bool {
    let uid = std::fs::metadata("/proc/self").expect("/proc").uid();
    if uid != 0 {
        return false;
    }
    let folder = Folder::fresh();
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).expect("a mode");
    // Where this binary lies need not be open to others.
    let program = folder.path().join("tests");
    let own = std::env::current_exe().expect("this program");
    std::fs::copy(own, &program).expect("a copy");
    let ran = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"])
        .arg(&program)
        .args(["--exact", test, "--nocapture"])
        .output()
        .expect("setpriv of util-linux");
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    let complained = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{said}\n{complained}");
    assert!(
        said.contains("1 passed"),
        "{test} is the name of no test:\n{said}"
    );
    true
}
