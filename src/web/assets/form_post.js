// Sends the one form of the page on. Without this, its button does.
document.getElementById("form-post").submit();
