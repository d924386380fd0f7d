#include "base/credentials.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/project.h"
#include "preflight/rules/ci_look.h"
#include "preflight/rules/conf_guess.h"
#include "preflight/rules/conf_values.h"
#include "preflight/rules/groups.h"
#include "read/place.h"
#include "sys/data/yaml.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

using namespace ci;

void ci_syntax(const Workflow& workflow, const Project&, Hits& hits) {
    const auto& documents = *workflow.read;
    if (!documents.ok())
        return (void)hits.add(workflow.file, documents.error().place.line, documents.error().place.column,
                              fmt::format("{}; GitHub refuses the workflow; mend the YAML",
                                          replace_all(documents.error().message, ";", ",").substr(0, 100)));
    if (documents.value().size() != 1 || !documents.value().front().find("jobs"))
        hits.add(workflow.file, 1, 1, "the workflow has no jobs; GitHub refuses it; add jobs:");
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
            fmt::format("{} is what its owner makes of {}; tomorrow's runs with your secrets; pin a commit's hash",
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
                 fmt::format("secret {} is put into the script's text; ps and a broken quote show it; give it by env: "
                             "and write \"$NAME\"",
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
    const auto look = [&](const YamlNode& holder, const YamlNode& job) {
        const auto* env = holder.find("env");
        if (!env) return;
        const bool is_own_server = std::any_of(env->entries.begin(), env->entries.end(), [](const auto& one) {
            const auto& text = one.second.scalar;
            return text.find("://127.0.0.1:") != text.npos || text.find("://localhost:") != text.npos;
        });
        const bool is_deploying = deploys(workflow, job);
        for (const auto& [name, value] : env->entries) {
            const auto& text = value.scalar;
            if (text.find("${{") != text.npos || is_placeholder(text) || !is_secret(name.scalar, text)) continue;
            const bool is_word = is_word_and_digits(text); // root, postgres: of a server that lives as long as the job
            if (is_word ? !is_deploying : !weakness(text).empty()) continue;      // 0123456789abcdef: of a test
            const bool has_digit = text.find_first_of("0123456789") != text.npos; // of what was generated
            const bool is_chosen = is_own_server || text.size() < shortest_generated;
            if (is_chosen && !is_deploying && !has_digit) continue;
            const bool is_of_cache = lower(name.scalar) == "key";
            if (is_of_cache || names_where(name.scalar) || lower(text).starts_with("test")) continue;
            hits.add(workflow.file, value.line, value.column,
                     fmt::format("{} is a secret in a workflow; whoever reads the repository has it; put it into the "
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
            hits.add(
                workflow.file, on->line, on->column,
                "a pull request runs on a host of yours; in a public repository everybody's code stays there; take "
                "GitHub's runners for it");
    });
}

void ci_host_key(const Workflow& workflow, const Project&, Hits& hits) {
    for (const std::string_view option : {"StrictHostKeyChecking=no", "StrictHostKeyChecking no"})
        each_line_of_scripts(workflow, option, [&](const std::string&, const read::Position& place) {
            hits.add(workflow.file, place.line, place.column,
                     "ssh asks for no host key; whoever answers gets the release and its secrets; put the host's key "
                     "into known_hosts");
        });
}

void ci_needs(const Workflow& workflow, const Project&, Hits& hits) {
    const auto* root = root_of(workflow);
    const auto* jobs = root ? root->find("jobs") : nullptr;
    if (!jobs) return;
    const auto is_job = [&](std::string_view wanted) { // GitHub takes upper and lower case for the same
        return std::any_of(jobs->entries.begin(), jobs->entries.end(),
                           [&](const auto& entry) { return lower(entry.first.scalar) == lower(wanted); });
    };
    for (const auto& [name, job] : jobs->entries) {
        const auto* needs = job.find("needs");
        if (!needs) continue;
        const auto look = [&](const YamlNode& one) {
            if (one.scalar.empty() || is_job(one.scalar)) return;
            hits.add(workflow.file, one.line, one.column,
                     fmt::format("needs names {}, which is no job here; GitHub refuses the workflow; name a job",
                                 one.scalar.substr(0, 40)));
        };
        look(*needs);
        for (const auto& one : needs->items) look(one);
    }
}

void ci_curl_insecure(const Workflow& workflow, const Project&, Hits& hits) {
    each_line_of_scripts(workflow, "curl", [&](const std::string& line, const read::Position& place) {
        const auto curl = line.find("curl ");
        if (curl == line.npos) return;
        const auto words = line.substr(curl) + " ";
        if (words.find(" -k ") == words.npos && words.find(" --insecure ") == words.npos) return;
        hits.add(workflow.file, place.line, place.column,
                 "curl verifies no certificate here; whoever answers is believed; take -k out, and give --cacert where "
                 "one is needed");
    });
}

}

std::span<const Rule> ci_rules() {
    static const Rule rows[] = {
        {.id = "ci-syntax",
         .title = "A workflow can't be read",
         .levels = always(Level::error),
         .check = ci_syntax,
         .why = "GitHub runs nothing of it, and a check that doesn't run says no to nobody.",
         .way_out = "on: push\njobs: {test: {runs-on: ubuntu-24.04, steps: [{run: make test}]}}"},
        {.id = "ci-unpinned",
         .title = "An action can change under the workflow",
         .levels = always(Level::warning),
         .check = ci_unpinned,
         .why = "A branch or a tag is what its owner, or who broke in there, makes of it; the commit's hash stays. A "
                "version's tag of somebody else is told as information.",
         .way_out = "uses: owner/action@8f4b7f84864484a7bf31766abe9204da3cbe65b3 # v1.4.2",
         .peers = {"unpinned-uses"}},
        {.id = "ci-secret-in-script",
         .title = "A secret is put into a script's text",
         .levels = always(Level::warning),
         .check = ci_secret_in_script,
         .why =
             "It stands in the script's file and on command lines, where ps and a log with set -x show it; a quote in "
             "it breaks the script.",
         .way_out = "env: {TOKEN: \"${{ secrets.TOKEN }}\"} and \"$TOKEN\" in the script"},
        {.id = "ci-secret-literal",
         .title = "A secret stands in a workflow",
         .levels = always(Level::error),
         .check = ci_secret_literal,
         .why = "It is in git for good, for everybody who reads the repository.",
         .way_out = "env: {DEPLOY_PASSWORD: \"${{ secrets.DEPLOY_PASSWORD }}\"}"},
        {.id = "ci-host-key",
         .title = "ssh believes whoever answers",
         .levels = always(Level::warning),
         .check = ci_host_key,
         .why = "With one changed name server the release and its secrets go to somebody else's host.",
         .way_out = "echo \"$KNOWN_HOSTS\" >~/.ssh/known_hosts"},
        {.id = "ci-self-hosted",
         .title = "Pull requests run on a host of one's own",
         .levels = always(Level::warning),
         .check = ci_self_hosted,
         .why =
             "What one job leaves on the host the next one meets, with its secrets. In a private repository it may be "
             "meant.",
         .way_out = "runs-on: ubuntu-24.04",
         .peers = {"self-hosted-runner"}},
        {.id = "ci-needs",
         .title = "A job waits for one that isn't there",
         .levels = always(Level::error),
         .check = ci_needs,
         .why = "GitHub refuses the whole workflow, and a check that doesn't run says no to nobody.",
         .way_out = "needs: [test], with a job test: in the same file"},
        {.id = "ci-curl-insecure",
         .title = "curl verifies nothing",
         .levels = always(Level::warning),
         .check = ci_curl_insecure,
         .why = "What is downloaded runs, or gets secrets, whoever sent it.",
         .way_out = "curl --fail --cacert internal-ca.pem https://deploy.example.org/"},
    };
    return rows;
}

}
