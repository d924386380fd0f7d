#pragma once
// The flags of fairlead-scan: each with the commands that take it.

#include "cli/declare.h"
#include "scan/verify.h"
#include <string>
#include <vector>

namespace fairlead::scan {

struct Flags {
    std::string command = "tree";
    std::vector<std::string> target;
    std::vector<std::string> only, skip, exclude;
    std::string max_file_size = "20MiB";
    std::string baseline = ".fairlead/scan.jsonl";
    bool write_baseline = false, accept_new = false, allow_empty = false;
    std::string owner, reason, until;
    bool uninstall = false, shared = false;
    bool verify = false, untracked = false, unreachable = false, submodules = false;
    std::string cache;
    Verifier verifier = {};
};

inline std::vector<cli::Input> inputs(Flags& flags) {
    using cli::begins, cli::by_hand, cli::choice, cli::only, cli::setting, cli::word;
    const auto looks = [](cli::Input input) {
        return only({"tree", "staged", "range", "history", "stdin"}, std::move(input));
    };
    const auto tree = [](cli::Input input) { return only({"tree"}, std::move(input)); };
    const auto hook = [](cli::Input input) { return cli::typed(only({"install-hook"}, std::move(input))); };
    return {
        only({"tree", "range", "explain"},
             word(choice("target", &flags.target,
                         "Files and folders for `tree`, the range of commits A..B for `range`, ids of rules for "
                         "`explain`.",
                         "PATH|A..B|RULE"))),
        looks(setting("only", &flags.only, "Rules to apply; default: all.", "RULE,...")),
        looks(setting("skip", &flags.skip, "Rules to leave out.", "RULE,...")),
        looks(
            setting("exclude", &flags.exclude, "Paths to leave out, as globs from the repository's root.", "GLOB,...")),
        tree(choice("untracked", &flags.untracked, "Also files that git neither tracks nor ignores.")),
        tree(choice("submodules", &flags.submodules, "Also the files of the submodules that are checked out.")),
        only({"history"}, choice("unreachable", &flags.unreachable,
                                 "Also commits that no branch or tag leads to: of reflogs, rebases, dropped stashes.")),
        tree(setting("max-file-size", {&flags.max_file_size, Type::size},
                     "Larger files of the tree are left out and reported; changes are always scanned.", "SIZE")),
        looks(choice("allow-empty", &flags.allow_empty,
                     "Passes even if there is nothing to scan: no file, no commit, nothing staged.")),
        looks(
            choice("verify", &flags.verify,
                   "Asks the services that issue the found secrets whether they still accept them; never for a fork.")),
        only({"range", "history"},
             choice("cache", &flags.cache,
                    "File that remembers commits without a finding, so that the next run passes over them.", "FILE")),
        begins("baseline",
               only({"tree", "staged", "range", "history", "stdin", "baseline"},
                    choice("baseline", &flags.baseline,
                           "File of known findings, which do not count; relative to the repository's root.", "FILE"))),
        tree(by_hand("write-baseline", &flags.write_baseline, "Removes findings that are gone from the baseline.")),
        tree(by_hand("accept-new", &flags.accept_new, "With --write-baseline: also adds the new findings.")),
        tree(by_hand("owner", &flags.owner, "With --accept-new: who answers for the new findings.", "NAME")),
        tree(by_hand("reason", &flags.reason, "With --accept-new: why they stay.", "TEXT")),
        tree(by_hand("until", {&flags.until, Type::day},
                     "With --accept-new: the last day on which they are known, UTC.", "YYYY-MM-DD")),
        begins("hook", hook(by_hand("uninstall", &flags.uninstall,
                                    "Removes the hook again, and puts back the one that was there before."))),
        hook(by_hand("shared", &flags.shared,
                     "Writes the hook also if core.hooksPath is set for all repositories of the user.")),
    };
}

}
