#pragma once
#include "preflight/checklists/item.h"
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Which checklists there are: ours, embedded when the program is built, and a team's own, which may also add to ours.
namespace fairlead::preflight {

inline constexpr std::string_view checklists_folder = ".fairlead/checklists"; // from the project's root

std::vector<std::string> builtin_checklists();   // names
std::string builtin_text(std::string_view name); // YAML; empty: there is none of that name

// A file of the project by its path from the root; nothing: it isn't there. Of a foreign change the base's.
using ReadPolicy = std::function<Result<std::optional<std::string>>(const std::string& path)>;

// Ours of that name with what the team's file of the same name adds, or the team's alone; then the open points of the
// Markdown files that it imports. Error (usage): neither is there; or as read_checklist.
Result<Checklist> load_checklist(const std::string& name, const ReadPolicy& read);

inline constexpr std::string_view imported_mark = "md-"; // their ids begin so

// Adds the open points (`- [ ] text`) of a Markdown file as manual items in a section of their own; an id is that of
// its text, so that a sign-off stays with it. Those that are ticked there are left out.
void import_markdown(std::string_view text, const std::string& file, Checklist& list);

}
