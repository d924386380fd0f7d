#include "base/path.h"
#include "base/text.h"
#include "preflight/parts/docker.h"
#include "preflight/rules/groups.h"
#include "preflight/uses/left_empty.h"
#include "read/place.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

// How a Dockerfile is written: what BuildKit refuses, stages, forms that are old or mean another thing than they look.
namespace fairlead::preflight {

namespace {

using namespace docker;

bool is_nested(const Instruction& onbuild) {
    if (onbuild.verb != Verb::onbuild || onbuild.arguments.empty()) return false;
    return onbuild.trigger.empty() || onbuild.trigger.front().verb == Verb::from ||
           onbuild.trigger.front().verb == Verb::maintainer;
}

void docker_syntax(const Dockerfile& subject, const Project& project, Hits& hits) {
    std::vector<int> told; // by docker-onbuild-nested
    for (const Instruction& one : subject.read->instructions)
        if (is_nested(one)) told.push_back(one.line);
    // An empty file below a folder that nothing here builds: a place for one. Or it is left beside one that is built.
    const bool is_left =
        subject.compose_file.empty() && says_nothing(subject.text) &&
        ((trim(subject.text).empty() && !folder_of(subject.file).empty()) || is_left_empty(project, subject.file));
    for (const read::Problem& problem : subject.read->problems) {
        if (std::find(told.begin(), told.end(), problem.line) != told.end()) continue;
        Hit& hit = hits.add(subject.file, problem.line, problem.column,
                            brief(fmt::format("BuildKit refuses line {}; {}", problem.line, problem.message), 158));
        if (is_left) hit.level = Level::warning;
    }
}

void onbuild_nested(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const Instruction& one : subject.read->instructions)
        if (is_nested(one))
            hit(subject, hits, one,
                fmt::format("ONBUILD contains {}; no build can run that; write another instruction after ONBUILD",
                            one.trigger.empty() ? "ONBUILD" : read::name_of(one.trigger.front().verb)));
}

// ['a', 'b'] as ["a", "b"]; nothing where a quote or an escape would change.
std::string with_double_quotes(std::string_view text) {
    if (text.find_first_of("\"\\") != text.npos) return {};
    std::string out = replace_all(text, "'", "\"");
    int items = 0;
    bool open = false, comma = true;
    for (const char c : std::string_view(out).substr(1)) {
        if (c == '"') {
            if (!open && !comma) return {};
            open = !open;
            comma = false;
            items += open ? 1 : 0;
        } else if (!open && c == ',') {
            if (comma) return {};
            comma = true;
        } else if (!open && c != ' ' && c != '\t' && c != ']') {
            return {};
        }
    }
    return !open && !comma && items > 0 && out.back() == ']' && std::count(out.begin(), out.end(), ']') == 1 ? out : "";
}

void json_invalid(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const Placed& placed : built(subject)) {
        const Instruction& one = *placed.instruction;
        if (!one.broken_json || one.verb == Verb::shell) continue;
        const auto second = one.arguments.find_first_not_of(" \t", 1);
        const bool quoted =
            second != std::string::npos && (one.arguments[second] == '\'' || one.arguments[second] == '"');
        const bool test = second != 1 && one.arguments.find("\",") == std::string::npos &&
                          one.arguments.find("',") == std::string::npos;
        if (one.verb == Verb::run && (!quoted || test)) continue; // [ is a command, too
        const bool single = quoted && one.arguments[second] == '\'';
        Hit& found = hit(
            subject, hits, one,
            fmt::format("{} begins with [ but is not a JSON array{}; a shell gets it unchanged; write [\"…\", \"…\"]",
                        read::name_of(one.verb), single ? ": single quotes are not JSON" : ""));
        const std::string mended = with_double_quotes(one.arguments);
        if (!mended.empty() && one.arguments_at.end - one.arguments_at.begin == one.arguments.size())
            replace(subject, found, one.arguments_at, mended);
    }
}

void empty_continuation(const Dockerfile& subject, const Project&, Hits& hits) {
    const read::Lines lines(subject.text);
    for (const Instruction& one : subject.read->instructions) {
        if (one.empty_lines.empty()) continue;
        Hit& found = hits.add(
            subject.file, one.empty_lines.front(), 1,
            fmt::format("{} continues after an empty line; a later BuildKit will end it there; remove the line",
                        upper(brief(one.word))));
        for (const int line : one.empty_lines) replace(subject, found, {lines.start(line), lines.start(line + 1)}, "");
    }
}

void spelling(const Dockerfile& subject, const Project&, Hits& hits) {
    const auto& all = subject.read->instructions;
    const auto is_lower = [](const Instruction& one) { return one.word == lower(one.word); };
    const bool lower_file = std::all_of(all.begin(), all.end(), is_lower);
    for (const Instruction& one : all) {
        if (one.verb == Verb::unknown) continue;
        const std::string wanted = lower_file ? lower(one.word) : upper(one.word);
        if (one.word != wanted)
            replace(subject,
                    hit(subject, hits, one,
                        fmt::format("{} has another case than the rest of the file; readers look for {}; write {}",
                                    one.word, wanted, wanted)),
                    one.word_at, wanted);
        if (one.verb != Verb::from || one.words.size() < 3) continue;
        const std::string as = lower_file ? "as" : "AS";
        if (one.words[1].text == as || lower(one.words[1].text) != "as") continue;
        replace(subject,
                hit_at(subject, hits, one.words[1].at.begin,
                       fmt::format("{} has another case than FROM; readers look for {}; write {}", one.words[1].text,
                                   as, as)),
                one.words[1].at, as);
    }
}

void maintainer(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const Instruction& one : subject.read->instructions) {
        if (one.verb != Verb::maintainer) continue;
        Hit& found =
            hit(subject, hits, one,
                "MAINTAINER is deprecated; tools look for a label; write LABEL org.opencontainers.image.authors=\"…\"");
        std::string_view name = trim(std::string_view(one.arguments));
        if (name.size() > 1 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
        if (name.empty() || name.find_first_of("\"\\$`") != name.npos) continue;
        replace(subject, found, {one.word_at.begin, one.arguments_at.end},
                fmt::format("LABEL org.opencontainers.image.authors=\"{}\"", name));
    }
}

// The value of `ENV K V` as one of `ENV K=V`; nothing where quotes or escapes would mean something else.
std::optional<std::string> new_form(std::string_view value) {
    if (value.find_first_of("\"'\\") == value.npos)
        return value.find_first_of(" \t") == value.npos ? std::string(value) : "\"" + std::string(value) + "\"";
    const bool whole =
        value.size() > 1 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front();
    const std::string_view inner = whole ? value.substr(1, value.size() - 2) : value;
    if (!whole || inner.find_first_of("\"'\\") != inner.npos) return std::nullopt;
    return std::string(value);
}

void legacy_pairs(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const Placed& placed : built(subject)) {
        const Instruction& one = *placed.instruction;
        if (!one.legacy || one.pairs.empty()) continue;
        const read::Pair& pair = one.pairs.front();
        Hit& found = hit(subject, hits, one,
                         fmt::format("{0} {1} is in the old form; the rest of the line is its value; write {0} {1}=…",
                                     read::name_of(one.verb), brief(pair.key)));
        const auto value = new_form(pair.value);
        if (value && one.line == one.end_line) replace(subject, found, pair.at, pair.key + "=" + *value);
    }
}

void stage_duplicate(const Dockerfile& subject, const Project&, Hits& hits) {
    std::map<std::string, int> lines;
    for (const read::Stage& stage : subject.read->stages) {
        if (stage.name.empty()) continue;
        const Instruction& from = subject.read->instructions[stage.first];
        const auto [first, fresh] = lines.emplace(stage.name, from.line);
        if (!fresh)
            hit(subject, hits, from,
                fmt::format("the name of stage {} is already used in line {}; FROM and COPY --from take one of the two "
                            "stages; rename this stage",
                            brief(stage.name), first->second));
    }
}

void stage_reserved(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const read::Stage& stage : subject.read->stages)
        if (stage.name == "scratch" || stage.name == "context")
            hit(subject, hits, subject.read->instructions[stage.first],
                fmt::format("stage {} has a reserved name; FROM {} means something else; choose another name",
                            stage.name, stage.name));
}

// More than one of an instruction in a stage: only the last counts.
template <Verb verb>
void docker_several(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const read::Stage& stage : subject.read->stages) {
        const Instruction* before = nullptr;
        for (std::size_t i = stage.first; i < stage.end; ++i) {
            const Instruction& one = subject.read->instructions[i];
            if (one.verb != verb) continue;
            if (before != nullptr)
                hit(subject, hits, one,
                    fmt::format(
                        "{0} is already in line {1}; only the last {0} in a stage counts; remove one of the two",
                        read::name_of(verb), before->line));
            before = &one;
        }
    }
}

void run_consolidate(const Dockerfile& subject, const Project&, Hits& hits) {
    const Instruction* before = nullptr;
    for (const Placed& placed : shipped(subject)) {
        const Instruction& one = *placed.instruction;
        const bool plain = one.verb == Verb::run && !placed.trigger && one.heredocs.empty() && one.flags.empty();
        if (plain && before != nullptr)
            hit(subject, hits, one,
                fmt::format("RUN follows the RUN of line {}; each RUN is a layer; join them with &&", before->line));
        before = plain ? &one : nullptr;
    }
}

// The lists of the heredoc `number`: what `set -e` would stop between.
void heredoc_errexit(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const Placed& placed : built(subject)) {
        const Instruction& run = *placed.instruction;
        if (run.verb != Verb::run) continue;
        for (std::size_t number = 0; number < run.heredocs.size(); ++number) {
            const read::Heredoc& heredoc = run.heredocs[number];
            int lists = 0;
            bool stops = run.arguments.find(" -e") != std::string::npos ||
                         heredoc.text.substr(0, heredoc.text.find('\n')).find(" -e") != std::string::npos;
            const Command* last = nullptr;
            for (const Command& command : run.shell.commands) {
                if (command.heredoc != static_cast<int>(number) || command.depth > 0) continue;
                const bool sets = command.name() == "set";
                stops = stops || (sets && (has_option(command, {"-e"}) || option_value(command, "-o") == "errexit"));
                if (!sets && (last == nullptr || last->after == read::Join::sequence)) ++lists;
                last = &command;
            }
            if (stops || lists < 2) continue;
            Hit& found = hits.add(subject.file, heredoc.line, 1,
                                  fmt::format("the script {} continues after an error; only the result of its last "
                                              "command counts; begin it with set -e",
                                              brief(heredoc.name)));
            if (!heredoc.text.starts_with("#!"))
                insert(subject, found, heredoc.at.begin, std::string(heredoc.chomp ? "\t" : "") + "set -e\n");
        }
    }
}

}

std::span<const Rule> docker_form_rules() {
    static const Rule rows[] = {
        {.id = "docker-syntax",
         .title = "BuildKit refuses the Dockerfile",
         .levels = always(Level::error),
         .check = docker_syntax,
         .why = "An instruction ends the build if it is unknown, lacks an argument, has an unknown flag or comes "
                "before FROM.",
         .way_out = "FROM python:3.12.7-slim AS app",
         .peers = {"DL3061"},
         .refs = {"BuildKit parser"}},
        {.id = "docker-json-invalid",
         .title = "An array is not valid JSON",
         .levels = always(Level::error),
         .check = json_invalid,
         .why = "The exec form is a JSON array of strings in double quotes. Docker gives any other text to a shell, "
                "with the brackets, and the shell finds no such program.",
         .way_out = R"(CMD ["gunicorn", "app:app"])",
         .fix = Fix::safe},
        {.id = "docker-heredoc-no-errexit",
         .title = "A script in a heredoc continues after errors",
         .levels = always(Level::warning),
         .check = heredoc_errexit,
         .why = "RUN with a heredoc runs a script. Without `set -e`, the script goes on after a failed command, and "
                "Docker keeps the layer as if all were well.",
         .way_out = "RUN <<EOF\nset -e\napt-get update\napt-get install -y curl\nEOF",
         .fix = Fix::safe},
        {.id = "docker-empty-continuation",
         .title = "An instruction contains an empty line",
         .levels = always(Level::warning),
         .check = empty_continuation,
         .why = "Today, BuildKit skips the empty line, and warns that a later version won't. That version reads the "
                "rest of the instruction as a separate instruction.",
         .way_out = "remove the empty line, or put # in it",
         .refs = {"NoEmptyContinuation"},
         .fix = Fix::safe},
        {.id = "docker-case",
         .title = "Instructions are in mixed case",
         .levels = by_request,
         .check = spelling,
         .why = "Docker understands all spellings. If a file has only one spelling, readers and searches find the "
                "instructions.",
         .way_out = "FROM python:3.12.7-slim AS app",
         .refs = {"ConsistentInstructionCasing", "FromAsCasing"},
         .fix = Fix::safe},
        {.id = "docker-maintainer",
         .title = "MAINTAINER is used",
         .levels = always(Level::info),
         .check = maintainer,
         .why = "MAINTAINER has been deprecated since 2017. Registries and scanners show labels.",
         .way_out = "LABEL org.opencontainers.image.authors=\"team@example.org\"",
         .peers = {"DL4000", "CKV_DOCKER_6"},
         .refs = {"MaintainerDeprecated"},
         .fix = Fix::safe},
        {.id = "docker-env-legacy",
         .title = "ENV or LABEL is written without =",
         .levels = always(Level::info),
         .check = legacy_pairs,
         .why =
             "Everything after the name is the value, including blanks, `=` and comments. Docker may remove this form.",
         .way_out = "ENV PYTHONUNBUFFERED=1",
         .refs = {"LegacyKeyValueFormat"},
         .fix = Fix::safe},
        {.id = "docker-onbuild-nested",
         .title = "ONBUILD contains an instruction that isn't allowed there",
         .levels = always(Level::error),
         .check = onbuild_nested,
         .why = "The instruction after ONBUILD runs in the build of another image. ONBUILD, FROM and MAINTAINER can't "
                "run there, so BuildKit refuses them.",
         .way_out = "ONBUILD COPY . /app",
         .peers = {"DL3043"}},
        {.id = "docker-stage-duplicate",
         .title = "Two stages have the same name",
         .levels = always(Level::error),
         .check = stage_duplicate,
         .why = "FROM, COPY --from and --target take one of the two stages; the order in the file decides which one.",
         .way_out = "FROM node:22.11-alpine AS assets",
         .peers = {"DL3024", "CKV_DOCKER_11"},
         .refs = {"DuplicateStageName"}},
        {.id = "docker-stage-reserved",
         .title = "A stage has a reserved name",
         .levels = always(Level::warning),
         .check = stage_reserved,
         .why = "`scratch` is the empty image, and `context` is the build context. FROM and `COPY --from` never reach "
                "a stage with one of these names.",
         .way_out = "FROM node:22.11-alpine AS assets",
         .peers = {"DL3063"},
         .refs = {"ReservedStageName"}},
        {.id = "docker-healthcheck-multi",
         .title = "More than one HEALTHCHECK in a stage",
         .levels = always(Level::error),
         .check = docker_several<Verb::healthcheck>,
         .why = "Docker uses only the last HEALTHCHECK. Somebody who reads the first HEALTHCHECK expects a check that "
                "never runs.",
         .way_out = "keep one",
         .peers = {"DL3012"},
         .refs = {"MultipleInstructionsDisallowed"}},
        {.id = "docker-cmd-multi",
         .title = "More than one CMD in a stage",
         .levels = always(Level::warning),
         .check = docker_several<Verb::cmd>,
         .why = "Docker uses only the last CMD.",
         .way_out = "keep one",
         .peers = {"DL4003"},
         .refs = {"MultipleInstructionsDisallowed"}},
        {.id = "docker-entrypoint-multi",
         .title = "More than one ENTRYPOINT in a stage",
         .levels = always(Level::error),
         .check = docker_several<Verb::entrypoint>,
         .why = "Docker uses only the last ENTRYPOINT: the preparations of the first ENTRYPOINT never happen.",
         .way_out = "keep one",
         .peers = {"DL4004"},
         .refs = {"MultipleInstructionsDisallowed"}},
        {.id = "docker-run-consolidate",
         .title = "RUN follows RUN",
         .levels = by_request,
         .check = run_consolidate,
         .why = "Each RUN is a layer, and files that a RUN removes stay in the layer before it. Docker caches separate "
                "RUNs separately, which may be intended.",
         .way_out = "RUN a \\\n && b",
         .peers = {"DL3059"}}};
    return rows;
}

}
