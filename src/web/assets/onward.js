// Goes on when every site has answered, or after a while whether or not they
// have. Without script the link does: a page that reloads by itself takes those
// by surprise who read it slowly (WCAG 2.2 §2.2.1).
const onward = document.getElementById("onward");
const go = () => location.replace(onward.href);
addEventListener("load", () => setTimeout(go, 1000));
setTimeout(go, 3000);
