#include "base/text.h"
#include "base/time.h"
#include "read/dockerfile/dockerfile_parts.h"
#include "read/dockerfile/dockerfile_words.h"
#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace fairlead::read {

namespace {

enum class Takes { text, boolean, texts };

struct KnownFlag {
    Verb verb;
    std::string_view name;
    Takes takes;
};
constexpr KnownFlag known_flags[] = {
    {Verb::add, "checksum", Takes::text},
    {Verb::add, "chmod", Takes::text},
    {Verb::add, "chown", Takes::text},
    {Verb::add, "exclude", Takes::texts},
    {Verb::add, "keep-git-dir", Takes::boolean},
    {Verb::add, "link", Takes::boolean},
    {Verb::add, "unpack", Takes::boolean},
    {Verb::copy, "chmod", Takes::text},
    {Verb::copy, "chown", Takes::text},
    {Verb::copy, "exclude", Takes::texts},
    {Verb::copy, "from", Takes::text},
    {Verb::copy, "link", Takes::boolean},
    {Verb::copy, "parents", Takes::boolean},
    {Verb::from, "platform", Takes::text},
    {Verb::healthcheck, "interval", Takes::text},
    {Verb::healthcheck, "retries", Takes::text},
    {Verb::healthcheck, "start-interval", Takes::text},
    {Verb::healthcheck, "start-period", Takes::text},
    {Verb::healthcheck, "timeout", Takes::text},
    {Verb::run, "device", Takes::texts},
    {Verb::run, "mount", Takes::texts},
    {Verb::run, "network", Takes::text},
    {Verb::run, "security", Takes::text},
};

std::string flag_fault(Verb verb, const Flag& flag, bool again) {
    const auto found = std::find_if(std::begin(known_flags), std::end(known_flags),
                                    [&](const KnownFlag& one) { return one.verb == verb && one.name == flag.name; });
    if (found == std::end(known_flags)) {
        std::vector<std::string> names;
        for (const KnownFlag& one : known_flags)
            if (one.verb == verb) names.push_back("--" + std::string(one.name));
        return fmt::format("flag --{} is unknown to {}; {}", flag.name, name_of(verb),
                           names.empty() ? "it takes no flags" : "expected " + one_of(names));
    }
    if (again && found->takes != Takes::texts)
        return fmt::format("flag --{} is twice in {}; remove one of the two", flag.name, name_of(verb));
    const std::string value = lower(flag.value);
    if (found->takes == Takes::boolean ? flag.has_value && value != "true" && value != "false" : !flag.has_value)
        return fmt::format("flag --{0} of {1} has no value; write --{0}={2}", flag.name, name_of(verb),
                           found->takes == Takes::boolean ? "true" : "…");
    return {};
}

bool is_stage_name(std::string_view name) {
    const auto part = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    };
    return !name.empty() && name[0] >= 'a' && name[0] <= 'z' && std::all_of(name.begin(), name.end(), part);
}

std::string from_fault(const Instruction& from) {
    const auto& words = from.words;
    if (words.size() == 1) return {};
    if (words.size() != 3 || lower(words[1].text) != "as")
        return words.empty() ? "FROM has no image; write FROM image:tag"
                             : "FROM has more than an image; write FROM image:tag AS name";
    if (is_stage_name(lower(words[2].text))) return {};
    return fmt::format("stage name {} is not allowed; begin with a letter, go on with letters, digits, - _ or .",
                       words[2].text);
}

// Go's durations: "1m30s"; 0 needs no unit. At least a millisecond.
bool is_duration(std::string_view text) {
    if (text == "0") return true;
    constexpr std::array<std::string_view, 7> units = {"ns", "us", "\xC2\xB5s", "ms", "s", "m", "h"};
    bool any = false;
    while (!text.empty()) {
        const auto digits = text.find_first_not_of("0123456789.");
        if (digits == 0 || digits == text.npos) return false;
        text.remove_prefix(digits);
        const auto unit = text.substr(0, text.find_first_of("0123456789."));
        if (std::find(units.begin(), units.end(), unit) == units.end()) return false;
        text.remove_prefix(unit.size());
        any = true;
    }
    return any;
}

std::string health_fault(const Instruction& health) {
    for (const Flag& flag : health.flags) {
        if (flag.value.empty()) continue;
        const auto retries = parse_integer(flag.value);
        const bool good = flag.name == "retries" ? retries.ok() && retries.value() >= 0 : is_duration(flag.value);
        if (!good)
            return fmt::format("--{} of HEALTHCHECK is {}; write {}", flag.name, flag.value,
                               flag.name == "retries" ? "a number such as 3" : "a duration such as 30s");
    }
    return {};
}

std::string onbuild_fault(const Instruction& onbuild) {
    if (onbuild.arguments.empty()) return "ONBUILD has no instruction; write an instruction after it";
    if (onbuild.trigger.empty()) return "ONBUILD is inside ONBUILD; write only one ONBUILD";
    const Verb verb = onbuild.trigger.front().verb;
    if (verb == Verb::from || verb == Verb::maintainer)
        return fmt::format("ONBUILD {} is not allowed; write another instruction", name_of(verb));
    return {};
}

std::string copy_fault(const Instruction& copy) {
    if (copy.words.size() < 2) return fmt::format("{} has no source or no destination; write both", name_of(copy.verb));
    return is_heredoc(copy.words.back().text)
               ? fmt::format("{} has a heredoc as its destination; write a path", name_of(copy.verb))
               : "";
}

std::string pairs_fault(const Instruction& instruction) {
    const auto& pairs = instruction.pairs;
    if (pairs.empty() && !instruction.wrong)
        return fmt::format("{} has no argument; write NAME=value", name_of(instruction.verb));
    if (std::any_of(pairs.begin(), pairs.end(), [](const Pair& one) { return one.key.empty(); }))
        return fmt::format("{} has a value without a name; write NAME=value", name_of(instruction.verb));
    return {};
}

std::string fault_of(const Instruction& instruction) {
    const Verb verb = instruction.verb;
    switch (verb) {
    case Verb::unknown: {
        std::vector<std::string> names;
        for (int i = 1; i <= static_cast<int>(Verb::workdir); ++i) names.emplace_back(name_of(static_cast<Verb>(i)));
        const std::string near = nearest(upper(instruction.word), names);
        constexpr std::size_t longest = 24; // a longer one is a line of a key or of base64, which nobody is to see
        return fmt::format("instruction {} is unknown; {}",
                           instruction.word.size() > longest ? "of this line" : instruction.word,
                           near.empty() ? "remove it, or end the line before with \\" : "write " + near);
    }
    case Verb::from: return from_fault(instruction);
    case Verb::add:
    case Verb::copy: return copy_fault(instruction);
    case Verb::env:
    case Verb::label:
    case Verb::arg: return pairs_fault(instruction);
    case Verb::onbuild: return onbuild_fault(instruction);
    case Verb::healthcheck: return health_fault(instruction);
    case Verb::shell:
        return instruction.exec && !instruction.words.empty()
                   ? ""
                   : R"(SHELL is not a JSON array; write SHELL ["/bin/bash", "-c"])";
    case Verb::cmd:
    case Verb::entrypoint:
    case Verb::run: // RUN alone passes the parser and fails in the build
        return verb == Verb::run && instruction.arguments.empty() && instruction.flags.empty()
                   ? "RUN has no command; write a command"
                   : "";
    default:
        return instruction.words.empty() ? fmt::format("{} has no argument; write an argument", name_of(verb)) : "";
    }
}

}

void check_instruction(Instruction& instruction, std::vector<Problem>& problems) {
    const auto add = [&](std::string message) {
        if (message.empty()) return;
        problems.push_back({instruction.line, instruction.column, std::move(message)});
        instruction.wrong = true;
    };
    add(fault_of(instruction));
    if (instruction.verb == Verb::unknown || instruction.verb == Verb::stopsignal) return;
    for (auto flag = instruction.flags.begin(); flag != instruction.flags.end(); ++flag) {
        const bool again =
            std::any_of(instruction.flags.begin(), flag, [&](const Flag& other) { return other.name == flag->name; });
        std::string fault = flag_fault(instruction.verb, *flag, again);
        if (fault.empty()) continue;
        add(std::move(fault));
        break; // one is enough, and few flags are compared
    }
    for (Instruction& trigger : instruction.trigger) check_instruction(trigger, problems);
}

}
