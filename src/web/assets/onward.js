// Goes on after a while, whether or not every site has answered: a browser
// counts the seconds of a refresh only from when all of them have.
const onward = document.getElementById("onward");
setTimeout(() => location.replace(onward.href), 3000);
