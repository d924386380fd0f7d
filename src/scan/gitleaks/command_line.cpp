#include "scan/gitleaks/command_line.h"
#include "scan/gitleaks/run.h"
#include <algorithm>
#include <utility>

namespace fairlead::scan::gitleaks {
namespace {

constexpr std::pair<std::string_view, std::string_view> other_names[] = {{"file", "dir"}, {"directory", "dir"}};

// The flag that a word names: --name, --name=VALUE or -x; null: none.
const Flag* flag_of(std::string_view word, std::span<const Flag> flags) {
    const auto found = std::find_if(flags.begin(), flags.end(), [&](const Flag& flag) {
        if (word.starts_with("--")) return word.substr(2, word.find('=') - 2) == flag.name;
        return word.size() == 2 && word[0] == '-' && flag.letter != 0 && word[1] == flag.letter;
    });
    return found == flags.end() ? nullptr : &*found;
}

bool takes_next(std::string_view word, std::span<const Flag> flags) {
    const Flag* flag = flag_of(word, flags);
    return flag && flag->takes_value && word.find('=') == word.npos;
}

bool is_cluster(std::string_view word) { return word.size() > 2 && word[0] == '-' && word[1] != '-'; }

void add_single_flags(std::string_view cluster, std::span<const Flag> flags, std::vector<std::string>& single) {
    for (std::size_t at = 1; at < cluster.size(); ++at) {
        single.push_back(std::string("-") + cluster[at]);
        if (!takes_next(single.back(), flags) || at + 1 == cluster.size()) continue;
        single.emplace_back(cluster.substr(at + (cluster[at + 1] == '=' ? 2 : 1)));
        return;
    }
}

std::vector<std::string> with_single_flags(const std::vector<std::string>& words, std::span<const Flag> flags) {
    std::vector<std::string> single;
    bool is_value = false, flags_end = false; // a value may begin with a dash
    for (const std::string& word : words) {
        flags_end = flags_end || (!is_value && word == "--");
        if (is_value || flags_end || !is_cluster(word))
            single.push_back(!is_value && !flags_end && word == "--redact" ? "--redact=100" : word);
        else
            add_single_flags(word, flags, single);
        is_value = !is_value && !flags_end && takes_next(single.back(), flags);
    }
    return single;
}

// The index of the command: the first word, or behind flags; npos: there is none.
std::size_t command_at(const std::vector<std::string>& words, std::span<const std::string> commands,
                       std::span<const Flag> flags) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (!words[i].starts_with('-')) {
            const bool known = std::find(commands.begin(), commands.end(), words[i]) != commands.end() ||
                               std::any_of(std::begin(other_names), std::end(other_names),
                                           [&](const auto& one) { return one.first == words[i]; });
            return known ? i : std::string::npos;
        }
        if (!flag_of(words[i], flags)) return std::string::npos;
        if (takes_next(words[i], flags)) ++i;
    }
    return std::string::npos;
}

// The value of a flag, given as its own word or behind =; the last one counts. Empty: it isn't given.
std::string value_of(std::string_view name, const std::vector<std::string>& words, std::span<const Flag> flags) {
    std::string value;
    for (std::size_t i = 1; i < words.size() && words[i] != "--"; ++i) {
        const Flag* flag = flag_of(words[i], flags);
        const bool next = takes_next(words[i], flags);
        if (flag && flag->name == name && next && i + 1 < words.size()) value = words[i + 1];
        if (flag && flag->name == name && !next) value = words[i].substr(words[i].find('=') + 1);
        if (next) ++i;
    }
    return value;
}

}

std::vector<std::string> in_our_words(std::vector<std::string> words, std::span<const std::string> commands,
                                      std::span<const Flag> flags) {
    words = with_single_flags(words, flags);
    const std::size_t at = command_at(words, commands, flags);
    if (at == std::string::npos) return {};
    std::string command = words[at];
    for (const auto& [other, name] : other_names)
        if (command == other) command = name;
    words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
    words.insert(words.begin(), std::move(command));
    const std::string level = value_of("log-level", words, flags), path = value_of("report-path", words, flags);
    const auto format = report_format(path, value_of("report-format", words, flags));
    std::vector<std::string> own;
    if (level == "error" || level == "fatal") own.emplace_back("--quiet");
    if (level == "debug" || level == "trace") own.emplace_back("--verbose");
    if (format.ok() && !format.value().empty()) {
        const std::string name = std::string(report_prefix) + format.value();
        own.push_back(path == "-" ? "--format=" + name : "--output=" + name + ":" + path);
    }
    words.insert(words.begin() + 1, own.begin(), own.end());
    return words;
}

}
