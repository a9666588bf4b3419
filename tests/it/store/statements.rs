//! Every SQL text of the store, as both engines understand and plan it.

use std::collections::BTreeSet;

use sluis::store::statements;
use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _, SqlSafeStr as _,
    SqliteConnection,
};

use super::bench::Bench;
use crate::harness::Engine;

/// Statements that read a whole table, and may: it has a handful of rows, or
/// it is the operator who asks.
const WHOLE_TABLES: [&str; 5] = [
    "FROM signing_keys",
    "FROM escrow_epochs",
    "FROM _sqlx_migrations",
    // Those for whom something waits, which the statement itself names.
    "FROM named n",
    "FROM outbox o GROUP BY",
];

fn reads_whole_table(statement: &str) -> bool {
    WHOLE_TABLES.iter().any(|table| statement.contains(table))
}

/// How many parameters a statement has.
fn parameters(statement: &str) -> usize {
    (1..100)
        .take_while(|number| statement.contains(&format!("${number}")))
        .count()
}

#[test]
fn no_statement_is_there_twice() {
    let all = statements();
    let different: BTreeSet<_> = all.iter().collect();
    assert_eq!(different.len(), all.len());
    assert!(all.len() > 40, "all of them are listed");
}

#[tokio::test]
async fn sqlite_understands_every_statement_and_plans_it_by_an_index() {
    let bench = Bench::on(Engine::Sqlite).await;
    let mut connection = SqliteConnection::connect(&bench.url)
        .await
        .expect("a connection");
    for statement in statements() {
        let text = AssertSqlSafe(statement).into_sql_str();
        if let Err(error) = connection.prepare(text).await {
            panic!("{statement}\n{error}");
        }
        let plan = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}")))
            .fetch_all(&mut connection)
            .await
            .expect("a plan");
        let scans = plan.iter().any(|row| {
            let step: String = row.get("detail");
            step.starts_with("SCAN ") && !step.contains("CONSTANT ROW")
        });
        assert_eq!(scans, reads_whole_table(statement), "{statement}");
    }
}

#[tokio::test]
async fn postgresql_understands_every_statement_and_plans_it_by_an_index() {
    let bench = Bench::on(Engine::Postgres).await;
    let mut connection = PgConnection::connect(&bench.url)
        .await
        .expect("a connection");
    // On small tables a scan is cheaper: what is asked is whether it must be one.
    connection
        .execute("SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan")
        .await
        .expect("settings");
    for (number, statement) in statements().into_iter().enumerate() {
        let prepare = AssertSqlSafe(format!("PREPARE s{number} AS {statement}"));
        if let Err(error) = connection.execute(prepare).await {
            panic!("{statement}\n{error}");
        }
        let nulls = vec!["NULL"; parameters(statement)].join(", ");
        let explain = match nulls.as_str() {
            "" => format!("EXPLAIN EXECUTE s{number}"),
            nulls => format!("EXPLAIN EXECUTE s{number} ({nulls})"),
        };
        let plan: Vec<String> = sqlx::raw_sql(AssertSqlSafe(explain))
            .fetch_all(&mut connection)
            .await
            .expect("a plan")
            .iter()
            .map(|row| row.get(0))
            .collect();
        let scans = plan.iter().any(|step| step.contains("Seq Scan"));
        assert!(
            !scans || reads_whole_table(statement),
            "{statement}\n{}",
            plan.join("\n")
        );
    }
}
