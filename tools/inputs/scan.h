#pragma once
// gitleaks' commands and flags, as fairlead-scan takes them in place of its own.

#include "cli/declare.h"
#include "scan/gitleaks/report.h"
#include "scan/gitleaks/run.h"
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead::scan::gitleaks {

struct Options {
    Request asked;
    std::vector<std::string> paths;
    std::string source, log_level = "info", template_file, platform;
    std::int64_t timeout = 0;
    bool no_banner = false;
};

inline constexpr std::pair<std::string_view, std::string_view> other_names[] = {
    {"file", "dir"}, {"directory", "dir"}}; // gitleaks' aliases

inline bool is_command(std::string_view word) {
    constexpr std::string_view own[] = {"git", "dir", "stdin", "detect", "protect", "file", "directory"};
    return std::find(std::begin(own), std::end(own), word) != std::end(own);
}

inline std::vector<cli::Command> commands() {
    return {{.name = "git", .help = "Scans what the commits of a repository add: of all references, or of --log-opts."},
            {.name = "dir", .help = "Scans the files of a folder, or one file."},
            {.name = "stdin", .help = "Scans standard input."},
            {.name = "detect", .help = "The older spelling of git, dir (--no-git) and stdin (--pipe)."},
            {.name = "protect", .help = "The older spelling of git --pre-commit."}};
}

inline std::vector<cli::Input> inputs(Options& options) {
    using cli::begins, cli::by_hand, cli::only, cli::word;
    Request& asked = options.asked;
    const auto short_form = [](char letter, cli::Input input) {
        input.short_name = letter;
        return input;
    };
    return {
        only({"git", "dir"},
             word(by_hand("path", &options.paths, "The repository, folder or file; default: here.", "PATH"))),
        only({"detect", "protect"}, short_form('s', by_hand("source", &options.source,
                                                            "The repository, folder or file; default: here.", "PATH"))),
        short_form('c', by_hand("config", &asked.config,
                                "gitleaks' configuration; default: GITLEAKS_CONFIG, GITLEAKS_CONFIG_TOML (its text), "
                                ".gitleaks.toml of the path, or the rules of fairlead-scan.",
                                "FILE")),
        by_hand("enable-rule", &asked.enabled, "Only these rules.", "RULE,..."),
        by_hand("exit-code", &asked.exit_code, "Exit status if there are secrets.", "N"),
        short_form('i', by_hand("gitleaks-ignore-path", &asked.ignore_path,
                                "A .gitleaksignore, or a folder with one; the one of the path counts too.", "PATH")),
        by_hand("ignore-gitleaks-allow", &asked.ignores_allow, "Lines with gitleaks:allow count, too."),
        short_form('b', by_hand("baseline-path", &asked.baseline, "A JSON report; its findings don't count.", "FILE")),
        by_hand("redact", &asked.redact, "How much of a secret the report hides, in percent; --redact alone: all.",
                "N"),
        by_hand("max-decode-depth", &asked.decode_depth,
                "How often what is encoded (percent, \\u, hexadecimal, base64) is decoded.", "N"),
        by_hand("max-archive-depth", &asked.archive_depth,
                "How deep archives in archives are unpacked; 0: archives are skipped.", "N"),
        by_hand("max-target-megabytes", &asked.most_megabytes, "Larger files are left out; 0: none is.", "N"),
        by_hand("timeout", &options.timeout, "Only 0: there is no limit.", "SECONDS"),
        begins("report", short_form('r', by_hand("report-path", &asked.report_path,
                                                 "Where the report goes; -: standard output. It shows the secrets, "
                                                 "unless --redact hides them.",
                                                 "FILE"))),
        short_form('f', by_hand("report-format", &asked.report_format,
                                "json, csv, junit or sarif; default: as the name of the file ends.", "FORMAT")),
        begins(
            "what is scanned",
            only({"git", "detect", "protect"},
                 by_hand(
                     "log-opts", &asked.log_options,
                     "Commits and paths in git-log's words: A..B, --all, -n N, --no-merges, --first-parent, -- PATH.",
                     "WORDS"))),
        only({"git", "protect"}, by_hand("staged", &asked.staged, "Scans what is staged.")),
        only({"git"}, by_hand("pre-commit", &asked.pre_commit, "Scans changes of tracked files that are not staged.")),
        only({"detect"}, by_hand("no-git", &asked.no_git, "Scans files instead of commits.")),
        only({"detect"}, by_hand("pipe", &asked.pipe, "Scans standard input.")),
        only({"dir", "detect"}, by_hand("follow-symlinks", &asked.follow_links, "Scans files that links lead to.")),
        begins("log", short_form('l', by_hand("log-level", &options.log_level,
                                              "trace, debug, info, warn, error or fatal.", "LEVEL"))),
        by_hand("no-banner", &options.no_banner, "Has no effect: there is no banner."),
    };
}

// Adds what our own flags say of gitleaks' ones: --redact alone means 100, and where the report goes. A wrong report
// flag is told when the flags are read.
inline std::vector<std::string> in_our_words(std::vector<std::string> words) {
    std::string path, format;
    bool quiet = false, verbose = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto value_of = [&](std::string_view name, std::string_view letter, std::string& value) {
            const std::string& word = words[i];
            if ((word == name || word == letter) && i + 1 < words.size())
                value = words[i + 1];
            else if (word.starts_with(std::string(name) + "="))
                value = word.substr(name.size() + 1);
            else if (!word.starts_with("--") && word.size() > 2 && word.starts_with(letter))
                value = word.substr(2);
        };
        std::string level;
        value_of("--report-path", "-r", path);
        value_of("--report-format", "-f", format);
        value_of("--log-level", "-l", level);
        quiet = quiet || level == "error" || level == "fatal";
        verbose = verbose || level == "debug" || level == "trace";
        if (words[i] == "--redact") words[i] = "--redact=100";
        if (i == 0)
            for (const auto& [other, name] : other_names)
                if (words[0] == other) words[0] = name;
    }
    if (path.starts_with('=')) path.erase(0, 1);
    if (format.starts_with('=')) format.erase(0, 1);
    if (quiet) words.insert(words.begin() + 1, "--quiet");
    if (verbose) words.insert(words.begin() + 1, "--verbose");
    const auto wanted = report_format(path, format);
    if (!wanted.ok() || wanted.value().empty()) return words;
    const std::string name = std::string(report_prefix) + wanted.value();
    words.insert(words.begin() + 1, path == "-" ? "--format=" + name : "--output=" + name + ":" + path);
    return words;
}

inline cli::Spec spec(Options& options) {
    static const std::vector<cli::Command> all = commands();
    std::vector<std::string> formats;
    for (const std::string_view format : report_formats())
        formats.push_back(std::string(report_prefix) + std::string(format));
    cli::Spec spec{.tool = "scan",
                   .summary = "Finds secrets as gitleaks does, with its commands, flags and configuration.",
                   .details = "",
                   .commands = all,
                   .command = &options.asked.command,
                   .inputs = inputs(options),
                   .outputs = {{"findings", "Number of secrets found."}},
                   .formats = formats};
    for (cli::Command& command : spec.commands) {
        command.formats = formats;
        command.reads_config = false; // gitleaks' settings count
    }
    spec.examples = {"fairlead-scan git --report-path leaks.json", "fairlead-scan dir --redact src",
                     "fairlead-scan protect --staged"};
    return spec;
}

}
