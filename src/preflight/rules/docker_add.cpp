#include "base/text.h"
#include "preflight/parts/docker_files.h"
#include "preflight/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>

// What ADD fetches and unpacks.
namespace fairlead::preflight {

namespace {

using namespace docker;

bool is_archive(std::string_view name) {
    for (const std::string_view end :
         {".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".gz", ".bz2", ".xz"})
        if (name.ends_with(end)) return true;
    return false;
}

void add_source_code(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const Placed& placed : built(subject)) {
        const Instruction& one = *placed.instruction;
        if (one.verb != Verb::add || one.words.size() < 2) continue;
        const auto from = sources(one);
        if (std::any_of(from.begin(), from.end(), [](const read::Word* word) {
                return is_url(word->text) || is_archive(word->text) || word->text.find('$') != std::string::npos;
            }))
            continue;
        Hit& found = hit(subject, hits, one, "ADD unpacks archives and fetches URLs; here it only copies; write COPY");
        if (one.flag("checksum") == nullptr && one.flag("unpack") == nullptr && one.flag("keep-git-dir") == nullptr)
            replace(subject, found, one.word_at, one.word == lower(one.word) ? "copy" : "COPY");
    }
}

void add_url(const Dockerfile& subject, const Project&, Hits& hits) {
    for (const Placed& placed : built(subject)) {
        const Instruction& one = *placed.instruction;
        if (one.verb != Verb::add || one.flag("checksum") != nullptr) continue;
        for (const read::Word* source : sources(one))
            if (source->text.starts_with("http://") || source->text.starts_with("https://")) {
                hit(subject, hits, one,
                    "ADD takes a URL without --checksum; the image gets whatever the server sends; add "
                    "--checksum=sha256:…");
                break;
            }
    }
}

void add_archive(const Dockerfile& subject, const Project&, Hits& hits) {
    std::vector<std::string> copied;
    for (const Placed& placed : shipped(subject)) {
        const Instruction& one = *placed.instruction;
        if (from_context(one) && one.verb == Verb::copy)
            for (const read::Word* source : sources(one))
                if (is_archive(source->text)) copied.push_back(source->text.substr(source->text.rfind('/') + 1));
        if (one.verb != Verb::run) continue;
        for (const Command& command : one.shell.commands) {
            const bool unpacks = runs(command, {"tar"}) &&
                                 (has_option(command, {"-x", "--extract"}) || subcommand(command).starts_with("x"));
            for (const std::string& name : copied)
                if (unpacks && std::any_of(command.words.begin(), command.words.end(),
                                           [&](const auto& word) { return word.text.ends_with(name); }))
                    hit_at(subject, hits, command,
                           fmt::format("{} is copied and then unpacked; the archive stays in a layer; use ADD",
                                       brief(name)));
        }
    }
}

}

std::span<const Rule> docker_add_rules() {
    static const Rule rows[] = {{.id = "docker-add",
                                 .title = "ADD is used where COPY is enough",
                                 .levels = always(Level::warning),
                                 .check = add_source_code,
                                 .why = "ADD unpacks a source that looks like an archive and fetches a source that "
                                        "looks like a URL; COPY only copies.",
                                 .way_out = "COPY . /app",
                                 .peers = {"DL3020", "CKV_DOCKER_4"},
                                 .refs = {"CIS 4.9"},
                                 .fix = Fix::safe},
                                {.id = "docker-add-url",
                                 .title = "ADD fetches a URL without a checksum",
                                 .levels = always(Level::warning),
                                 .check = add_url,
                                 .why = "The server may send something else tomorrow, and nobody notices.",
                                 .way_out = "ADD --checksum=sha256:… https://example.org/tool.tar.gz /opt/",
                                 .refs = {"CIS 4.9"}},
                                {.id = "docker-add-archive",
                                 .title = "An archive is copied, then unpacked",
                                 .levels = by_request,
                                 .check = add_archive,
                                 .why = "The layer of the COPY keeps the archive, even if a later RUN removes it.",
                                 .way_out = "ADD app.tar.gz /app",
                                 .peers = {"DL3010"}}};
    return rows;
}

}
