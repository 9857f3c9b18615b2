// What bin/vendor keeps of Bootstrap: whole families, so that a template may take another member of one. A class outside
// them has no rule; tests/web/test_stylesheets.py says so. Sizes of screens: those between which our pages change.
const sizes = "(-(sm|md|lg))?";
const family = (names) => new RegExp(`^(${names})$`);

module.exports = {
  // Attributes and their values
  content: [
    {
      raw: "type button reset submit search file checkbox radio hidden href list multiple role size title disabled readonly data-bs-theme light dark",
      extension: "txt",
    },
  ],
  safelist: [
    // Elements
    family("html|body|hr|h[1-6]|p|abbr|address|[oud]l|d[td]|blockquote|b|strong|small|mark|su[bp]|a|pre|code|kbd|samp"),
    family("figure|img|svg|table|caption|t(head|body|foot|[dhr])|label|button|input|select|optgroup|textarea"),
    family("fieldset|legend|iframe|summary|progress|template|output"),
    // Controls
    family("btn|btn-(primary|link|sm)|disabled|active|show"),
    family("form-(label|text|control|select|range|check.*)|is-invalid"),
    // Columns
    family(`row|row-cols${sizes}-\\d|col${sizes}(-(auto|\\d+))?|g${sizes}-\\d|order${sizes}-(first|last)`),
    // Room, and what stands where
    family(`[mp][tbsexy]?${sizes}-(\\d|auto)|(row-|column-)?gap${sizes}-\\d`),
    family(`d${sizes}-(none|block|inline-block|flex|grid|table-cell)`),
    family(`flex${sizes}-(wrap|nowrap|column|row|grow-\\d|shrink-\\d)`),
    family(`(justify-content|align-items)${sizes}-(start|center|end|between|baseline)`),
    // Words
    family("h[1-6]|fs-\\d|fw-.+|text-(start|center|end|wrap|nowrap|break|reset)|list-unstyled|visually-hidden(-focusable)?"),
    family("w-100|rounded-1|bg-white"),
  ],
};
