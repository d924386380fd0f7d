#include "base/path.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/words.h"
#include "preflight/parts/ci_look.h"
#include "preflight/parts/conf_guess.h"
#include "preflight/parts/conf_values.h"
#include "preflight/project.h"
#include "preflight/rules/groups.h"
#include "read/place.h"
#include "read/workflow_steps.h"
#include "sys/data/yaml.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

using namespace ci;

// ${{ without }}: GitHub refuses the file. In a comment it is nothing.
void unclosed_expression(const Workflow& workflow, Hits& hits) {
    const std::string_view text = workflow.text;
    const read::Lines lines(text);
    for (auto at = text.find("${{"); at != text.npos; at = text.find("${{", at + 3)) {
        const auto begin = text.rfind('\n', at) + 1; // npos + 1 is 0
        const auto next = std::min(text.find("${{", at + 3), text.size());
        if (text.substr(begin, at - begin).find('#') != text.npos || text.find("}}", at) < next) continue;
        const auto place = lines.at(at);
        hits.add(workflow.file, place.line, place.column,
                 "an expression begins here and doesn't end; GitHub refuses the workflow; close it with }}");
    }
}

// A slip of `jobs`: job, Jobs.
std::string key_like_jobs(const YamlNode& root) {
    static const std::vector<std::string> known{"jobs"};
    for (const auto& [key, value] : root.entries)
        if (!nearest(key.scalar, known).empty() || lower(key.scalar) == "jobs") return key.scalar.substr(0, 40);
    return {};
}

void ci_syntax(const Workflow& workflow, const Project&, Hits& hits) {
    const auto& documents = *workflow.read;
    if (!documents.ok())
        return (void)hits.add(workflow.file, documents.error().place.line, documents.error().place.column,
                              fmt::format("{}; GitHub refuses the workflow; fix the YAML",
                                          replace_all(documents.error().message, ";", ",").substr(0, 100)));
    if (is_of_something_else(workflow)) {
        hits.add(workflow.file, 1, 1,
                 "it has neither on: nor jobs:, so it is no workflow; GitHub shows a failed run at each push; move it "
                 "out of this folder")
            .level = Level::warning; // nothing runs less than was meant
    } else if (documents.value().size() != 1 || !documents.value().front().find("jobs")) {
        const auto key = key_like_jobs(documents.value().front());
        hits.add(workflow.file, 1, 1,
                 key.empty() ? "the workflow has no jobs; GitHub refuses it; add jobs:"
                             : fmt::format("the workflow has {} and no jobs; GitHub refuses it; write jobs:", key));
    }
    unclosed_expression(workflow, hits);
}

// What a step runs: of `run:`, each line with its place.
template <typename Each>
void each_line_of_scripts(const Workflow& workflow, std::string_view about, Each each) {
    const auto* root = root_of(workflow);
    if (!root) return;
    each_step(*root, [&](const YamlNode&, const YamlNode& step) {
        const auto* script = step.find("run");
        if (!script || script->scalar.find(about) == script->scalar.npos) return;
        const read::Lines lines(workflow.text);
        for (const auto& line : split(script->scalar, '\n')) {
            if (line.find(about) == line.npos || trim(std::string_view(line)).starts_with('#')) continue;
            const auto at = workflow.text.find(trim(std::string_view(line)), lines.start(script->line));
            each(line, at == std::string::npos ? read::Position{script->line, script->column} : lines.at(at));
        }
    });
}

bool is_hash(std::string_view ref) { return ref.size() == 40 && ref.find_first_not_of("0123456789abcdef") == ref.npos; }

// v4, 1.2.3, stable-1: what its owner says is kept.
bool is_version(std::string_view ref) {
    if (ref.starts_with('v')) ref.remove_prefix(1);
    return !ref.empty() && ref[0] >= '0' && ref[0] <= '9';
}

void ci_unpinned(const Workflow& workflow, const Project&, Hits& hits) {
    const auto* root = root_of(workflow);
    if (!root) return;
    each_step(*root, [&](const YamlNode&, const YamlNode& step) {
        const auto* uses = step.find("uses");
        if (!uses || uses->scalar.starts_with("./") || uses->scalar.starts_with("docker://")) return;
        const auto at = uses->scalar.find('@');
        const auto ref = at == std::string::npos ? std::string_view() : std::string_view(uses->scalar).substr(at + 1);
        if (is_hash(ref)) return;
        const bool is_own = uses->scalar.starts_with("actions/") || uses->scalar.starts_with("github/");
        if (is_own && is_version(ref)) return;
        Hit& hit = hits.add(
            workflow.file, uses->line, uses->column,
            fmt::format(
                "the owner of {} can change {} at any time; the new code gets your secrets; pin a commit's hash",
                uses->scalar.substr(0, std::min<std::size_t>(at, 50)),
                ref.empty() ? "it" : std::string(ref.substr(0, 20))));
        hit.level = is_version(ref) ? std::optional(Level::info) : std::nullopt;
        hit.cause = "unpinned actions";
    });
}

void ci_secret_in_script(const Workflow& workflow, const Project&, Hits& hits) {
    each_line_of_scripts(workflow, "secrets.", [&](const std::string& line, const read::Position& place) {
        const auto begin = line.find("${{");
        const auto at = begin == line.npos ? line.npos : line.find("secrets.", begin);
        if (at == line.npos || line.find("}}", begin) < at) return;
        const auto name = line.substr(at + 8, line.find_first_of(" }|&", at) - at - 8);
        hits.add(workflow.file, place.line, place.column,
                 fmt::format("secret {} is part of the script's text; ps or a broken quote can show it; pass it "
                             "through env: and write \"$NAME\"",
                             name.substr(0, 40)));
    });
}

// SECRET_FIREBASE: firebase-sa says where a secret lies; SECRET_KEY is one.
bool names_where(std::string_view name) {
    constexpr std::string_view prefix = "SECRET_";
    return name.starts_with(prefix) && !name.starts_with("SECRET_KEY") && !is_secret_name(name.substr(prefix.size()));
}

// Into an environment, or by its names: deploy.yml, "Release to production".
bool deploys(const Workflow& workflow, const YamlNode& job) {
    if (job.find("environment")) return true;
    std::string names = lower(file_name(workflow.file));
    for (const auto* node : {root_of(workflow), &job})
        if (const auto* const name = node->find("name")) names += " " + lower(name->scalar);
    return has_any(names, {"deploy", "release", "publish", "prod"});
}

constexpr std::size_t shortest_generated = 12; // ciroot: of a server that the job starts

void ci_secret_literal(const Workflow& workflow, const Project&, Hits& hits) {
    const auto* root = root_of(workflow);
    if (!root) return;
    const auto look = [&](const YamlNode& holder, const YamlNode& job, std::string_view key = "env") {
        const auto* given = holder.find(key);
        if (!given) return;
        const bool is_own_server = std::any_of(given->entries.begin(), given->entries.end(), [](const auto& one) {
            const auto& text = one.second.scalar;
            return text.find("://127.0.0.1:") != text.npos || text.find("://localhost:") != text.npos;
        });
        const bool is_deploying = deploys(workflow, job);
        for (const auto& [name, value] : given->entries) {
            const auto& text = value.scalar;
            if (text.find("${{") != text.npos || is_placeholder(text) || !is_secret(name.scalar, text)) continue;
            // What goes into the page, and what a cookie is called. A vendor's token is one under any name.
            if ((is_public_by_prefix(name.scalar) && !is_token(text)) || is_name_of_cookie(name.scalar, text)) continue;
            const bool is_word = is_word_and_digits(text); // root, postgres: of a server that lives as long as the job
            if (is_word ? !is_deploying : !weakness(text).empty()) continue;      // 0123456789abcdef: of a test
            const bool has_digit = text.find_first_of("0123456789") != text.npos; // of what was generated
            const bool is_chosen = is_own_server || text.size() < shortest_generated;
            if (is_chosen && !is_deploying && !has_digit) continue;
            const bool is_of_cache = lower(name.scalar) == "key";
            const bool is_its_name = lower(text).ends_with(lower(name.scalar)); // ACCESS_KEY_ID: r2_access_key_id
            if (is_of_cache || is_its_name || names_where(name.scalar) || lower(text).starts_with("test")) continue;
            hits.add(workflow.file, value.line, value.column,
                     fmt::format("{} is a secret in a workflow; anyone who reads the repository has it; move it to the "
                                 "repository's secrets",
                                 name.scalar.substr(0, 40)));
        }
    };
    bool has_services = false; // databases that live as long as the job, and their passwords
    each_job(*root, [&](const YamlNode& job) {
        if (!job.find("services")) look(job, job);
        has_services = has_services || job.find("services");
    });
    if (!has_services) look(*root, *root);
    each_step(*root, [&](const YamlNode& job, const YamlNode& step) {
        if (!job.find("services")) look(step, job);
        // Of a server elsewhere; other actions start one for the job, and get its password.
        if (has_any(lower(scalar_of(step.find("uses"))), {"ssh", "scp", "ftp", "rsync", "login", "deploy"}))
            look(step, job, "with");
    });
}

void ci_self_hosted(const Workflow& workflow, const Project&, Hits& hits) {
    const auto* root = root_of(workflow);
    if (!root || !trigger(*root, "pull_request")) return;
    each_job(*root, [&](const YamlNode& job) {
        const auto* on = job.find("runs-on");
        const bool is_own = on && (on->scalar == "self-hosted" ||
                                   std::any_of(on->items.begin(), on->items.end(),
                                               [](const YamlNode& one) { return one.scalar == "self-hosted"; }));
        if (is_own)
            hits.add(workflow.file, on->line, on->column,
                     "a pull request runs on your own host; in a public repository anyone's code can stay there; use "
                     "GitHub's runners for it");
    });
}

void ci_host_key(const Workflow& workflow, const Project&, Hits& hits) {
    const auto tell = [&](int line, int column) {
        hits.add(workflow.file, line, column,
                 "ssh doesn't check the host key; any server that answers gets the release and its secrets; put the "
                 "host's key into known_hosts");
    };
    for (const std::string_view option : {"StrictHostKeyChecking=no", "StrictHostKeyChecking no"}) {
        each_line_of_scripts(workflow, option,
                             [&](const std::string&, const read::Position& place) { tell(place.line, place.column); });
        const auto* root = root_of(workflow);
        if (!root) continue;
        each_step(*root, [&](const YamlNode&, const YamlNode& step) {
            for (const char* given : {"env", "with"})
                if (const auto* values = step.find(given))
                    for (const auto& [name, value] : values->entries)
                        if (value.scalar.find(option) != std::string::npos) tell(value.line, value.column);
        });
    }
}

void ci_curl_insecure(const Workflow& workflow, const Project&, Hits& hits) {
    each_line_of_scripts(workflow, "curl", [&](const std::string& line, const read::Position& place) {
        const auto curl = line.find("curl ");
        if (curl == line.npos) return;
        const auto words = line.substr(curl) + " ";
        if (words.find(" -k ") == words.npos && words.find(" --insecure ") == words.npos) return;
        hits.add(workflow.file, place.line, place.column,
                 "curl doesn't verify the certificate here; any server that answers is trusted; remove -k, and add "
                 "--cacert if the server has its own CA");
    });
    each_line_of_scripts(
        workflow, "insecure-skip-tls-verify", [&](const std::string& line, const read::Position& place) {
            if (line.find("insecure-skip-tls-verify=false") != line.npos) return;
            hits.add(workflow.file, place.line, place.column,
                     "kubectl doesn't verify the cluster's certificate; any server that answers gets the token; remove "
                     "--insecure-skip-tls-verify, and write --certificate-authority");
        });
}

}

std::span<const Rule> ci_rules() {
    static const Rule rows[] = {
        {.id = "ci-syntax",
         .title = "A workflow can't be read",
         .levels = always(Level::error),
         .check = ci_syntax,
         .why = "GitHub runs none of the workflow's jobs, and a check that doesn't run stops nobody.",
         .way_out = "on: push\njobs: {test: {runs-on: ubuntu-24.04, steps: [{run: make test}]}}"},
        {.id = "ci-unpinned",
         .title = "An action can change although the workflow doesn't",
         .levels = always(Level::warning),
         .check = ci_unpinned,
         .why = "The owner of the action, or somebody who broke into the owner's account, can move a branch or a tag "
                "to other code. A commit's hash always names the same code. For a version tag of a third party's "
                "action, the level is info.",
         .way_out = "uses: owner/action@8f4b7f84864484a7bf31766abe9204da3cbe65b3 # v1.4.2",
         .peers = {"unpinned-uses"}},
        {.id = "ci-secret-in-script",
         .title = "A secret is put into a script's text",
         .levels = always(Level::warning),
         .check = ci_secret_in_script,
         .why = "GitHub writes the secret into the script's file and into command lines, where `ps` and a log with "
                "`set -x` show it. A quote in the secret breaks the script.",
         .way_out = "env: {TOKEN: \"${{ secrets.TOKEN }}\"} and \"$TOKEN\" in the script"},
        {.id = "ci-secret-literal",
         .title = "A workflow contains a secret",
         .levels = always(Level::error),
         .check = ci_secret_literal,
         .why = "The secret stays in git's history, where everybody who reads the repository can see it.",
         .way_out = "env: {DEPLOY_PASSWORD: \"${{ secrets.DEPLOY_PASSWORD }}\"}"},
        {.id = "ci-host-key",
         .title = "ssh doesn't check the server's host key",
         .levels = always(Level::warning),
         .check = ci_host_key,
         .why = "With one forged DNS answer, the release and its secrets go to somebody else's host.",
         .way_out = "echo \"$KNOWN_HOSTS\" >~/.ssh/known_hosts"},
        {.id = "ci-self-hosted",
         .title = "Pull requests run on a self-hosted runner",
         .levels = always(Level::warning),
         .check = ci_self_hosted,
         .why = "Files and processes that a pull request's job leaves on the host are still on the host when the next "
                "job runs there with secrets. In a private repository, this may be intended.",
         .way_out = "runs-on: ubuntu-24.04",
         .peers = {"self-hosted-runner"}},
        {.id = "ci-curl-insecure",
         .title = "curl doesn't verify the server",
         .levels = always(Level::warning),
         .check = ci_curl_insecure,
         .why = "The job runs files from any server that answers, or sends its secrets there.",
         .way_out = "curl --fail --cacert internal-ca.pem https://deploy.example.org/"},
    };
    return rows;
}

}
