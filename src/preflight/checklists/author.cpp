#include "preflight/checklists/author.h"
#include "base/text.h"
#include "preflight/checklists/signoffs.h"
#include <fmt/format.h>

namespace fairlead::preflight {

Result<std::string> author_of_change(const sys::Repository& repository) {
    using More = sys::Repository::More;
    constexpr int most_commits = 200; // sign-offs in a row
    const auto head = repository.head_commit();
    if (!head) return could_not("preflight.four_eyes needs the author of the change, but there is no commit yet");
    std::string mail;
    int seen = 0;
    TRY_VOID(repository.each_ancestor(*head, [&](const std::string& id) -> Result<More> {
        const auto commit = TRY(repository.commit(id));
        bool changes = false;
        if (commit.parents.size() < 2)
            TRY_VOID(repository.added_lines(id, [&](const sys::AddedLines& added) -> Result<void> {
                changes = changes || !added.path.starts_with(signoffs_folder);
                return {};
            }));
        if (changes) mail = lower(commit.author_email);
        return changes || ++seen == most_commits ? More::no : More::yes;
    }));
    if (mail.empty())
        return could_not(fmt::format("preflight.four_eyes needs the author of the change, but the newest {} commits "
                                     "are sign-offs, merges or have no author",
                                     seen));
    return mail;
}

}
