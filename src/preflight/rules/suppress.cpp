#include "preflight/rules/groups.h"

namespace fairlead::preflight {

namespace {

void told_when_comments_are_read(const Project&, Hits&) {} // silence.cpp

}

std::span<const Rule> suppress_rules() {
    static const Rule rows[] = {
        {.id = "suppress-no-reason",
         .title = "A comment that silences a rule gives no reason",
         .levels = always(Level::warning),
         .check = told_when_comments_are_read,
         .why = "The comment has no effect: the finding still counts. Without a reason, nobody knows later why the "
                "finding may stay.",
         .way_out = "# fairlead: ignore[docker-user-root] the base image drops root by itself until 2027-01-31",
         .peers = {"DL1001"}},
        {.id = "suppress-unused",
         .title = "A comment that silences a rule has nothing to silence",
         .levels = always(Level::info),
         .check = told_when_comments_are_read,
         .why = "The finding is fixed or has moved. The comment would hide the next finding of that rule.",
         .way_out = "remove the comment"},
    };
    return rows;
}

}
