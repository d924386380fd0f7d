#include "base/text.h"
#include "preflight/parts/docker.h"
#include "preflight/rules/groups.h"
#include "read/place.h"
#include <algorithm>
#include <array>
#include <fmt/format.h>

// Labels, and the signal that ends a container.
namespace fairlead::preflight {

namespace {

using namespace docker;

constexpr std::array<std::string_view, 31> signals = {"HUP",  "INT",    "QUIT", "ILL",   "TRAP", "ABRT", "IOT",  "BUS",
                                                      "FPE",  "KILL",   "USR1", "SEGV",  "USR2", "PIPE", "ALRM", "TERM",
                                                      "CHLD", "CONT",   "STOP", "TSTP",  "TTIN", "TTOU", "URG",  "XCPU",
                                                      "XFSZ", "VTALRM", "PROF", "WINCH", "IO",   "PWR",  "SYS"};

bool is_signal(std::string_view text) {
    if (const auto number = parse_integer(text); number.ok()) return number.value() > 0 && number.value() < 65;
    const std::string name = upper(text);
    const std::string_view bare = name.starts_with("SIG") ? std::string_view(name).substr(3) : std::string_view(name);
    return std::find(signals.begin(), signals.end(), bare) != signals.end() || bare.starts_with("RTMIN") ||
           bare.starts_with("RTMAX");
}

void stopsignal(const Dockerfile& subject, const Project&, Hits& hits) {
    const std::string family = base_image(subject).family;
    const std::string_view wanted = family == "nginx" ? "SIGQUIT" : family == "httpd" ? "SIGWINCH" : "";
    for (const Placed& placed : shipped(subject)) {
        const Instruction& one = *placed.instruction;
        if (one.verb != Verb::stopsignal || one.words.empty() || one.arguments.find('$') != std::string::npos) continue;
        const std::string text(trim(std::string_view(one.arguments)));
        if (!is_signal(text))
            hit(subject, hits, one,
                fmt::format("STOPSIGNAL {} is not a signal; the build fails; write SIGTERM", brief(text)));
        else if (!wanted.empty() && upper(text) != wanted)
            hit(subject, hits, one,
                fmt::format("STOPSIGNAL {} ends {} without finishing requests; {} finishes them; write {}", brief(text),
                            family, wanted, wanted));
    }
}

bool is_label_key(std::string_view key) {
    const auto part = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    if (key.empty() || !part(key.front()) || !part(key.back())) return false;
    for (std::size_t i = 0; i < key.size(); ++i)
        if (!part(key[i]) && (key.find_first_of(".-_/", i) != i || !part(key[i - 1]))) return false;
    return true;
}

void label_key(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const Placed& placed : shipped(subject)) {
        if (placed.instruction->verb != Verb::label) continue;
        for (const read::Pair& pair : placed.instruction->pairs) {
            std::string_view key = pair.key;
            if (key.size() > 1 && (key.front() == '"' || key.front() == '\'')) key = key.substr(1, key.size() - 2);
            if (!is_label_key(key) && key.find('$') == key.npos)
                hit_at(subject, hits, pair.at.begin,
                       fmt::format("label {} has characters that label keys must not have; tools may refuse it; write "
                                   "a-z, 0-9, . and - only",
                                   brief(key)));
        }
    }
}

void label_missing(const Dockerfile& subject, const Project&, Hits& hits) {
    const auto all = shipped(subject);
    if (all.empty()) return;
    for (const std::string_view wanted : {"org.opencontainers.image.source", "org.opencontainers.image.version"}) {
        const auto gives = [&](const Placed& placed) {
            const auto& pairs = placed.instruction->pairs;
            return placed.instruction->verb == Verb::label &&
                   std::any_of(pairs.begin(), pairs.end(), [&](const auto& pair) {
                       return pair.key.find(wanted) != std::string::npos && !pair.value.empty() && pair.value != "\"\"";
                   });
        };
        if (std::none_of(all.begin(), all.end(), gives))
            hit(subject, hits, subject.read->instructions[subject.read->stages[target_stage(subject)].first],
                fmt::format("the image has no label {0}; nobody sees what it was built from; add LABEL {0}=…", wanted));
    }
}

}

std::span<const Rule> docker_label_rules() {
    static const Rule rows[] = {
        {.id = "docker-stopsignal",
         .title = "STOPSIGNAL is not a signal, or is the wrong signal",
         .levels = always(Level::info),
         .check = stopsignal,
         .why = "nginx finishes its requests on SIGQUIT, Apache on SIGWINCH; SIGTERM ends both at once.",
         .way_out = "STOPSIGNAL SIGQUIT"},
        {.id = "docker-label-key",
         .title = "A label's key has an unusual form",
         .levels = by_request,
         .check = label_key,
         .why = "A key should have only the letters a to z, digits, dots and hyphens. Registries and orchestrators "
                "refuse other keys or change them.",
         .way_out = "LABEL org.example.team=\"web\"",
         .peers = {"DL3048"}},
        {.id = "docker-label-missing",
         .title = "The image doesn't say what it was built from",
         .levels = by_request,
         .check = label_missing,
         .why = "The labels `org.opencontainers.image.source` and `org.opencontainers.image.version` lead from a "
                "running container to its commit.",
         .way_out = "LABEL org.opencontainers.image.source=\"https://example.org/app\" "
                    "org.opencontainers.image.version=\"$VERSION\"",
         .peers = {"DL3049", "DL3050", "DL3051", "DL3052", "DL3053", "DL3054", "DL3055", "DL3056", "DL3058"},
         .refs = {"S1-60"}}};
    return rows;
}

}
