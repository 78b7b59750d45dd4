// A button that prints, for those who do not find it in the browser's menu.
const button = document.querySelector("#print");
button.hidden = false;
document.querySelector("#how").hidden = true;
button.addEventListener("click", () => window.print());
