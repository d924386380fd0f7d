#pragma once
#include "tag/source/web_links.h"
#include <string>
#include <string_view>

namespace fairlead::tag {

// Converts a line of text to markdown: `code` stays code, references become links, and all other text is escaped, so
// that it has no markup and no mentions. References are separate words: #12, GH-12 and owner/repo#12, on GitLab also
// !12 and group/project!12, and the address of an issue or pull request of this repository. Not references: colours,
// C#7, #01, entities, anchors, text in code.
std::string markdown_of(std::string_view text, const WebLinks& links);

}
