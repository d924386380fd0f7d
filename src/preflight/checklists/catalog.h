#pragma once
#include "preflight/checklists/item.h"
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Loads checklists: ours, which are built into the program, and a team's own, which may also extend ours.
namespace fairlead::preflight {

inline constexpr std::string_view checklists_folder = ".fairlead/checklists"; // from the project's root

std::vector<std::string> builtin_checklists();   // names
std::string builtin_text(std::string_view name); // YAML; empty: there is no checklist of this name

// Reads a file of the project by its path from the root; for a foreign change (config/change.h), the file of the base.
// Nothing: the file is absent.
using ReadPolicy = std::function<Result<std::optional<std::string>>(const std::string& path)>;

// Returns our checklist of this name, extended by the team's file of the same name, or the team's alone; then adds the
// open points of the imported Markdown files. Error (usage): there is neither; or as read_checklist().
Result<Checklist> load_checklist(const std::string& name, const ReadPolicy& read);

inline constexpr std::string_view imported_mark = "md-"; // ids of imported items begin with this

// Adds the open points (`- [ ] text`) of a Markdown file as manual items in a separate section. The id is made from the
// text, so that a sign-off belongs to the text. Ticked points are left out.
void import_markdown(std::string_view text, const std::string& file, Checklist& list);

}
