#pragma once
// gitleaks' commands and flags, as fairlead-scan takes them in place of its own.

#include "cli/declare.h"
#include "scan/gitleaks/report.h"
#include "scan/gitleaks/run.h"
#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
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

constexpr std::string_view with_value[] = {"--config",
                                           "--baseline-path",
                                           "--report-path",
                                           "--report-format",
                                           "--log-level",
                                           "--exit-code",
                                           "--enable-rule",
                                           "--gitleaks-ignore-path",
                                           "--max-decode-depth",
                                           "--max-archive-depth",
                                           "--max-target-megabytes",
                                           "--timeout",
                                           "--log-opts",
                                           "--source"};

constexpr std::string_view valued = "cibrfls"; // short flags with a value

inline bool takes_value(std::string_view flag) {
    const bool is_short = flag.size() == 2 && flag[0] == '-' && valued.find(flag[1]) != valued.npos;
    return is_short || std::find(std::begin(with_value), std::end(with_value), flag) != std::end(with_value);
}

// Each short flag as a word of its own, and each value: -vrFILE and -r=FILE become -v -r FILE.
inline std::vector<std::string> with_single_flags(const std::vector<std::string>& words) {
    std::vector<std::string> single;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (i > 0 && takes_value(words[i - 1])) { // a value may begin with -
            single.push_back(word);
            continue;
        }
        if (word == "--")
            return single.insert(single.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end()), single;
        if (word.size() < 3 || word[0] != '-' || word[1] == '-') {
            single.push_back(word);
            continue;
        }
        for (std::size_t at = 1; at < word.size(); ++at) {
            single.push_back(std::string("-") + word[at]);
            if (valued.find(word[at]) == valued.npos || at + 1 == word.size()) continue;
            single.push_back(word.substr(at + (word[at + 1] == '=' ? 2 : 1)));
            break;
        }
    }
    return single;
}

// Where gitleaks' command is among the words: the first one, or behind gitleaks' flags. npos: this is none of its
// lines.
inline std::size_t command_at(const std::vector<std::string>& words) {
    constexpr std::string_view alone[] = {
        "-v", "-q", "--verbose", "--no-banner", "--no-color", "--redact", "--ignore-gitleaks-allow"};
    const auto is_in = [](const auto& list, std::string_view flag) {
        return std::find(std::begin(list), std::end(list), flag) != std::end(list);
    };
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (!word.starts_with('-')) return is_command(word) ? i : std::string::npos;
        const std::size_t equals = word.find('=');
        if (is_in(alone, word) ||
            (equals != word.npos && (takes_value(word.substr(0, equals)) || word.starts_with("--redact="))))
            continue;
        if (!takes_value(word)) return std::string::npos;
        ++i;
    }
    return std::string::npos;
}

// The line in our own words: the command first, --redact alone as 100, the level of the log, and where the report goes.
// A wrong flag is told when the flags are read. Empty: it isn't one of gitleaks' lines.
inline std::vector<std::string> in_our_words(const std::vector<std::string>& given) {
    auto words = with_single_flags(given);
    const std::size_t at = command_at(words);
    if (at == std::string::npos) return {};
    std::rotate(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(at),
                words.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    for (const auto& [other, name] : other_names)
        if (words[0] == other) words[0] = name;
    std::string path, format, level;
    for (std::size_t i = 1; i < words.size() && words[i] != "--"; ++i) {
        if (words[i] == "--redact") words[i] = "--redact=100";
        for (const auto& [name, letter, value] : {std::tuple("--report-path", "-r", &path),
                                                  {"--report-format", "-f", &format},
                                                  {"--log-level", "-l", &level}}) {
            if ((words[i] == name || words[i] == letter) && i + 1 < words.size()) *value = words[i + 1];
            if (words[i].starts_with(std::string(name) + "="))
                *value = words[i].substr(std::string_view(name).size() + 1);
        }
    }
    if (level == "error" || level == "fatal") words.insert(words.begin() + 1, "--quiet");
    if (level == "debug" || level == "trace") words.insert(words.begin() + 1, "--verbose");
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
    for (cli::Input& input : spec.inputs) input = cli::typed(std::move(input)); // as gitleaks: no variable gives a flag
    for (cli::Command& command : spec.commands) {
        command.formats = formats;
        command.reads_config = false; // gitleaks' settings count
    }
    spec.examples = {"fairlead-scan git --report-path leaks.json", "fairlead-scan dir --redact src",
                     "fairlead-scan protect --staged"};
    return spec;
}

}
