#pragma once
#include "tag/source/web_links.h"
#include <string>
#include <string_view>

namespace fairlead::tag {

// A line of somebody's text as markdown: `code` stays code, references become links, of the rest nothing is markup or
// a mention. References, where they are words of their own: #12, GH-12 and owner/repo#12, on GitLab !12 and
// group/project!12, the whole address of an issue or pull request of this repository. Not: colours, C#7, #01, entities,
// anchors, what stands in code.
std::string markdown_of(std::string_view text, const WebLinks& links);

}
