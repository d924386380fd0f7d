#include "preflight/parts/docker.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/utf8.h"
#include <algorithm>

namespace fairlead::preflight::docker {

namespace {

void add_stage(const read::Dockerfile& file, std::size_t stage, std::vector<Placed>& out) {
    for (std::size_t i = file.stages[stage].first; i < file.stages[stage].end; ++i) {
        out.push_back({&file.instructions[i], stage, false});
        for (const Instruction& trigger : file.instructions[i].trigger) out.push_back({&trigger, stage, true});
    }
}

// The stages that `stage` takes files from.
std::vector<std::size_t> copy_sources(const read::Dockerfile& file, std::size_t stage) {
    std::vector<std::size_t> out;
    const auto take = [&](std::string_view name) {
        if (const auto found = file.stage(name, stage)) out.push_back(*found);
    };
    for (std::size_t i = file.stages[stage].first; i < file.stages[stage].end; ++i) {
        for (const read::Flag& flag : file.instructions[i].flags) {
            if (flag.name == "from") take(flag.value);
            if (flag.name != "mount") continue;
            for (const std::string& part : split(flag.value, ','))
                if (part.starts_with("from=")) take(std::string_view(part).substr(5));
        }
    }
    return out;
}

bool is_option(std::string_view word) { return word.size() > 1 && word.front() == '-'; }

}

std::vector<Placed> shipped(const Dockerfile& subject) {
    std::vector<Placed> out;
    for (const std::size_t stage : subject.read->chain(subject.target)) add_stage(*subject.read, stage, out);
    return out;
}

std::size_t target_stage(const Dockerfile& subject) {
    const auto chain = subject.read->chain(subject.target);
    return chain.empty() ? 0 : chain.back();
}

std::string stage_name(const Dockerfile& subject) {
    const std::string& name = subject.read->stages[target_stage(subject)].name;
    return name.empty() ? "the last stage" : "stage " + brief(name);
}

std::vector<Placed> built(const Dockerfile& subject) {
    const read::Dockerfile& file = *subject.read;
    std::vector<char> wanted(file.stages.size(), 0);
    for (const std::size_t stage : file.chain(subject.target)) wanted[stage] = 1;
    for (std::size_t stage = wanted.size(); stage-- > 0;) { // names only lead back
        if (wanted[stage] == 0) continue;
        if (file.stages[stage].parent >= 0) wanted[static_cast<std::size_t>(file.stages[stage].parent)] = 1;
        for (const std::size_t source : copy_sources(file, stage)) wanted[source] = 1;
    }
    std::vector<Placed> out;
    for (std::size_t stage = 0; stage < wanted.size(); ++stage)
        if (wanted[stage] != 0) add_stage(file, stage, out);
    return out;
}

std::string brief(std::string_view text, std::size_t most) {
    const auto hidden = hide_credentials(text.substr(0, 4096)); // before it is cut: half a URL is none
    text = hidden;
    std::string out;
    for (std::size_t count = 0; !text.empty(); ++count) {
        const CodePoint point = decode_front(text);
        if (count == most) return out + "…";
        out += point.value < 0x20 || !point.valid ? " " : std::string(text.substr(0, point.bytes));
        text.remove_prefix(point.bytes);
    }
    return out;
}

Hit& hit(const Dockerfile& subject, Hits& hits, const Instruction& instruction, std::string message) {
    return hits.add(subject.file, instruction.line, instruction.column, hide_credentials(message));
}

Hit& hit_at(const Dockerfile& subject, Hits& hits, std::size_t offset, std::string message) {
    if (hits.full()) return hits.add({}, 0, 0, {}); // before the column is counted
    const auto& lines = subject.read->lines;
    const auto next = std::upper_bound(lines.begin(), lines.end(), std::min(offset, subject.text.size()));
    const std::size_t start = *(next - 1);
    const std::string_view before = std::string_view(subject.text).substr(start, offset - start);
    return hits.add(subject.file, static_cast<int>(next - lines.begin()), static_cast<int>(code_points(before)) + 1,
                    hide_credentials(message));
}

Hit& hit_at(const Dockerfile& subject, Hits& hits, const Command& command, std::string message) {
    const std::size_t offset =
        command.words.empty() ? command.assignments.front().value.at.begin : command.words[command.program].at.begin;
    return hit_at(subject, hits, offset, std::move(message));
}

void replace(const Dockerfile& subject, Hit& hit, read::Span at, std::string text) {
    hit.edits.push_back({subject.file, at.begin, at.end, std::move(text)});
}

void insert(const Dockerfile& subject, Hit& hit, std::size_t at, std::string text) {
    replace(subject, hit, {at, at}, std::move(text));
}

bool has_option(const Command& command, std::initializer_list<std::string_view> names) {
    for (std::size_t i = command.program + 1; i < command.words.size(); ++i) {
        const std::string_view word = command.words[i].text;
        if (!is_option(word)) continue;
        for (const std::string_view name : names) {
            const bool is_long = name.size() > 2;
            if (word == name) return true;
            if (is_long ? word.starts_with(name) && word[name.size()] == '='
                        : word[1] != '-' && word.find(name[1], 1) != word.npos)
                return true;
        }
    }
    return false;
}

std::string_view option_value(const Command& command, std::string_view name) {
    for (std::size_t i = command.program + 1; i < command.words.size(); ++i) {
        const std::string_view word = command.words[i].text;
        if (word == name && i + 1 < command.words.size()) return command.words[i + 1].text;
        if (word.starts_with(name) && word.size() > name.size() && word[name.size()] == '=')
            return word.substr(name.size() + 1);
    }
    return {};
}

std::vector<const read::ShellWord*> operands(const Command& command,
                                             std::initializer_list<std::string_view> with_value) {
    std::vector<const read::ShellWord*> out;
    for (std::size_t i = command.program + 1; i < command.words.size(); ++i) {
        const read::ShellWord& word = command.words[i];
        if (is_one_of(word.text, with_value))
            ++i;
        else if (!is_option(word.text))
            out.push_back(&word);
    }
    return out;
}

std::string_view subcommand(const Command& command) {
    for (std::size_t i = command.program + 1; i < command.words.size(); ++i)
        if (!is_option(command.words[i].text)) return command.words[i].text;
    return {};
}

bool runs(const Command& command, std::initializer_list<std::string_view> programs, std::string_view sub) {
    return is_one_of(command.name(), programs) && (sub.empty() || subcommand(command) == sub);
}

Image image_of(std::string_view reference) {
    Image image;
    const auto at = reference.find('@');
    if (at != reference.npos) image.digest = reference.substr(at + 1);
    reference = reference.substr(0, at);
    const auto colon = reference.rfind(':');
    if (colon != reference.npos && reference.find('/', colon) == reference.npos) {
        image.tag = reference.substr(colon + 1);
        reference = reference.substr(0, colon);
    }
    image.name = reference;
    // Mirrors of Docker Hub. Another registry's library/ is Harbor's own project for whatever a team builds.
    for (const std::string_view mirror :
         {"docker.m.daocloud.io/", "mirror.gcr.io/", "docker.1ms.run/", "dockerproxy.com/", "public.ecr.aws/docker/"})
        if (reference.starts_with(mirror)) reference.remove_prefix(mirror.size());
    for (const std::string_view prefix : {"docker.io/", "index.docker.io/", "library/"})
        if (reference.starts_with(prefix)) reference.remove_prefix(prefix.size());
    image.family = reference;
    return image;
}

Image base_image(const Dockerfile& subject) {
    const auto chain = subject.read->chain(subject.target);
    if (chain.empty()) return {};
    const read::Stage& oldest = subject.read->stages[chain.front()];
    return oldest.base == "scratch" || !oldest.base_known ? Image() : image_of(oldest.base);
}

bool has_mount(const Instruction& run, std::string_view type, std::string_view target_part) {
    return std::any_of(run.flags.begin(), run.flags.end(), [&](const read::Flag& flag) {
        return flag.name == "mount" && flag.value.find("type=" + std::string(type)) != std::string::npos &&
               flag.value.find(target_part) != std::string::npos;
    });
}

std::string environment(const Dockerfile& subject, std::string_view name) {
    if (subject.read->stages.empty()) return {};
    const std::size_t stage = target_stage(subject);
    read::Scope scope(*subject.read, stage);
    for (std::size_t i = subject.read->stages[stage].first; i < subject.read->stages[stage].end; ++i)
        scope.take(subject.read->instructions[i]);
    return scope.value(name).value_or("");
}

}
