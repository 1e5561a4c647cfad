// The widget's own look. The page may set `--bookwell-brand` and `--bookwell-ink` on the element.

const CSS = `
:host{--b:var(--bookwell-brand,#17695a);--i:var(--bookwell-ink,#fff);--ground:#fff;--text:#18211d;--soft:#56635c;--line:#87938c;--low:#eef0ec;
position:fixed;z-index:2147483000;inset-block-end:20px;inset-inline-end:20px;color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
@media(prefers-color-scheme:dark){:host{--ground:#1e2622;--text:#e9eeeb;--soft:#a6b3ac;--line:#6f7d75;--low:#2a332e}}
*{box-sizing:border-box}[hidden]{display:none!important}
button,textarea{font:inherit;color:inherit}
button{min-height:36px;padding:0 14px;border:1px solid var(--line);border-radius:10px;background:transparent;font-weight:600;cursor:pointer}
:focus-visible{outline:2px solid var(--text);outline-offset:2px}
.bubble{display:flex;align-items:center;gap:8px;min-height:52px;padding:0 22px 0 18px;border:0;border-radius:999px;background:var(--b);color:var(--i);box-shadow:0 6px 20px #0003}
.bubble svg{width:22px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linejoin:round}
.panel{display:flex;flex-direction:column;width:min(370px,calc(100vw - 24px));height:min(560px,calc(100dvh - 40px));border:1px solid #0002;border-radius:16px;background:var(--ground);box-shadow:0 24px 60px #0005;overflow:hidden;animation:rise .2s ease-out}
@keyframes rise{from{opacity:0;transform:translateY(12px)}}
.head{display:flex;align-items:center;justify-content:space-between;padding:10px 10px 10px 18px;background:var(--b);color:var(--i)}
h2{margin:0;font-size:16px}
.close{width:36px;padding:0;border:0;font-size:22px;line-height:1}
.close:focus-visible,.bubble:focus-visible{outline-color:currentColor}.close:focus-visible{outline-offset:-4px}
.log{position:relative;display:flex;flex:1;flex-direction:column;gap:10px;padding:16px;overflow-y:auto;overscroll-behavior:contain}
.log:focus-visible{outline-offset:-2px}
.message{max-width:86%;padding:8px 12px;border-radius:14px;white-space:pre-wrap;overflow-wrap:anywhere}
.own{align-self:flex-end;background:var(--b);color:var(--i);border-end-end-radius:4px}
.theirs{align-self:flex-start;background:var(--low);border-end-start-radius:4px}
.state{margin:0;color:var(--soft)}
.typing{display:inline-flex;gap:4px;padding:7px 0}
.typing i{width:6px;height:6px;border-radius:50%;background:var(--soft);animation:dot 1.2s infinite}
.typing i:nth-child(2){animation-delay:.16s}.typing i:nth-child(3){animation-delay:.32s}
@keyframes dot{35%{opacity:1}0%,70%,to{opacity:.3}}
.card,.problem{display:grid;gap:10px;padding:12px 14px;border:1px solid var(--line);border-radius:14px}
.card p,.problem p{margin:0}
.problem{justify-items:start;border-color:#b02a23}
.row{display:flex;flex-wrap:wrap;gap:8px}
.confirm,.send{border-color:var(--b);background:var(--b);color:var(--i)}
.fault,.done{font-weight:600}
form{display:flex;gap:8px;align-items:flex-end;padding:12px;border-block-start:1px solid var(--low)}
textarea{flex:1;min-width:0;min-height:40px;max-height:120px;padding:8px 12px;border:1px solid var(--line);border-radius:10px;background:var(--ground);font-size:16px;resize:none;field-sizing:content}
.send{min-height:40px}
.spoken{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media(max-width:480px){:host{inset-block-end:12px;inset-inline-end:12px}}
@media(prefers-reduced-motion:reduce){*{animation:none!important}}
`;

/** Made by script, so a page whose policy forbids inline styles has it all the same. */
export function sheet(): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(CSS);
  return made;
}
