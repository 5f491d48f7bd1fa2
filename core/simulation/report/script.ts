/** The code on a report's page: widens the block tree, and shows what a block is when it is touched. The page reads without it. */

export const SCRIPT = `(()=>{
const svg=document.querySelector("svg.tree");if(!svg)return;
const bar=document.querySelector(".switches"),said=bar.querySelector("output"),box=svg.parentElement,plain=svg.width.baseVal.value;
let picked,zoom=1;
const widen=by=>{const middle=(box.scrollLeft+box.clientWidth/2)/(plain*zoom);zoom=Math.min(64,Math.max(Math.min(1,box.clientWidth/plain),by));svg.setAttribute("width",plain*zoom);
for(const mark of svg.querySelectorAll("circle"))mark.style.transform="scale("+1/zoom+",1)";
for(const text of svg.querySelectorAll("text"))text.style.transform="scale("+1/zoom+",1)";
box.scrollLeft=middle*plain*zoom-box.clientWidth/2};
for(const mark of svg.querySelectorAll("circle,text")){mark.style.transformBox="fill-box";mark.style.transformOrigin="center"}
for(const by of [["narrower",.5],["wider",2],["whole",0]]){const button=document.createElement("button");button.type="button";button.textContent=by[0];
button.onclick=()=>widen(zoom*by[1]);bar.insertBefore(button,said)}
svg.addEventListener("click",event=>{const title=event.target.querySelector&&event.target.querySelector("title");if(!title)return;
if(picked)picked.classList.remove("picked");picked=event.target;picked.classList.add("picked");said.textContent=title.textContent})
})();`;
