#include "cli/evidence.h"
#include "attest/envelope.h"
#include "attest/judged.h"
#include "attest/own_key.h"
#include "attest/policy.h"
#include "attest/statement.h"
#include "attest/store.h"
#include "base/printable.h"
#include "base/secrets/credentials.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "base/version.h"
#include "cli/commands.h"
#include "cli/keep.h"
#include "cli/run.h"
#include "report/kept.h"
#include "sys/clock.h"
#include "sys/data/json.h"
#include "sys/files/log.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <set>

namespace fairlead::cli {
namespace {

constexpr std::size_t longest_text = 297; // and "..."; a statement holds 300

std::string command_name(const Spec& spec) {
    const Command* command = chosen_command(spec);
    return command ? command->name : std::string();
}

bool judges(const Spec& spec, const Context& context) {
    return !context.dry_run &&
           std::find(spec.judges.begin(), spec.judges.end(), command_name(spec)) != spec.judges.end();
}

Result<std::shared_ptr<const sys::PrivateKey>> read_key(const std::string& variable,
                                                        const sys::Environment& variables) {
    using Held = std::shared_ptr<const sys::PrivateKey>;
    const auto file = variables.get(variable + "_FILE");
    auto pem = variables.get(variable);
    if (pem && file) return usage(fmt::format("variables {0} and {0}_FILE are both set; unset one of them", variable));
    if (!pem && !file) return Held();
    if (pem) {
        const Secret hidden(*pem); // in each of its lines
        auto key = TRY(sys::read_private_key(std::move(*pem), variable));
        return Held(std::make_shared<const sys::PrivateKey>(std::move(key)));
    }
    std::error_code error;
    const auto target = std::filesystem::canonical(*file, error); // a secret of Kubernetes is a link
    auto read = attest::read_own_key(error ? *file : target.string());
    if (!read.ok()) return usage(fmt::format("{} (from {}_FILE)", read.error().message, variable));
    auto key = std::move(read).value();
    return Held(std::make_shared<const sys::PrivateKey>(std::move(key)));
}

// What more than fairlead.yml decided by.
std::map<std::string, std::string> given_to(const Spec& spec, const Context& context) {
    std::map<std::string, std::string> given;
    for (const Input& input : spec.inputs) {
        const bool harmless = std::find(spec.harmless.begin(), spec.harmless.end(), input.name) != spec.harmless.end();
        const bool from_file = context.place_of(input.name, input.key).line > 0;
        if (!harmless && !from_file && context.is_given(input.name)) given[input.name] = input.target.shown();
    }
    return given;
}

void add_place(const Context& context, attest::Judged& judged) {
    const auto& variables = context.variables;
    judged.actor = context.platform == sys::Platform::terminal ? "person" : "ci";
    judged.event =
        shortened(variables.get_or("GITHUB_EVENT_NAME", variables.get_or("CI_PIPELINE_SOURCE", "")), longest_text);
    judged.workflow =
        shortened(variables.get_or("GITHUB_WORKFLOW_REF", variables.get_or("GITHUB_WORKFLOW", "")), longest_text);
    judged.run = variables.get_or("CI_JOB_URL", "");
    if (const auto run = variables.get("GITHUB_RUN_ID"))
        judged.run = fmt::format("{}/{}/actions/runs/{}", variables.get_or("GITHUB_SERVER_URL", "https://github.com"),
                                 variables.get_or("GITHUB_REPOSITORY", ""), *run);
    judged.run = shortened(hide_credentials(judged.run), longest_text);
}

void count(const report::Report& report, attest::Judged& judged) {
    std::set<std::string> waivers;
    for (const auto* name : {"error", "warning", "info"}) judged.counts[name] = 0;
    for (const auto& finding : report.findings) {
        const bool fresh = finding.state == report::State::fresh;
        ++judged.counts[std::string(fresh ? report::name_of(finding.severity) : report::name_of(finding.state))];
        if (!finding.waiver.empty()) waivers.insert(finding.waiver);
    }
    if (report.looked.count) judged.counts["looked_at"] = *report.looked.count;
    judged.waivers.assign(waivers.begin(), waivers.end());
}

std::string text_of(const report::Report& report, std::string_view member) {
    for (const auto& one : report.members)
        if (one.name == member && one.value->is_string()) return one.value->get<std::string>();
    return {};
}

// What a tool deployed, or else what the deployment before it in this job did: that is what serves.
void add_release(const report::Report& report, const std::string& folder, attest::Judged& judged) {
    judged.digest = text_of(report, "release_digest");
    if (const auto commit = text_of(report, "deployed_commit"); !commit.empty()) {
        judged.dirty = commit.find('-') != commit.npos; // -dirty
        judged.commit = commit.substr(0, commit.find('-'));
    }
    if (judged.tool != "smoke" || folder.empty()) return;
    const auto tree = sys::Root::open(folder);
    if (!tree.ok()) return;
    const auto name = fmt::format("{}/{}", report::kept_folder, report::kept_name("deploy"));
    const auto text = tree->read(name, attest::envelope_limit, sys::Links::refused);
    const auto kept = text.ok() ? report::parse_kept(text.value(), "deploy") : Result<report::Kept>(text.error());
    if (!kept.ok()) return;
    const bool same =
        kept->is_own && kept->passed() && kept->environment == judged.environment && kept->commit == judged.commit;
    if (same) judged.digest = kept->release_digest;
}

Result<attest::Judged> judged_by(const report::Report& report, const Spec& spec, const Context& context) {
    const auto folder = folder_of_verdicts(context);
    const auto stamp = report::stamp_of(folder);
    const auto given = given_to(spec, context);
    attest::Judged judged{.tool = spec.tool,
                          .command = command_name(spec),
                          .tool_version = std::string(version()),
                          .app = shortened(context.config.app(), longest_text),
                          .environment = report.environment,
                          .verdict = std::string(report::name_of(report.verdict))};
    judged.commit = stamp.commit;
    judged.dirty = stamp.dirty;
    judged.policy = TRY(attest::policy_digest(context.config, spec.tool, judged.environment, given));
    for (const auto& [name, value] : given) judged.given.push_back(name);
    for (const auto& [name, value] : report.outputs)
        if (name == "version" && spec.tool == "smoke") judged.serves = shortened(mask(value), longest_text);
    count(report, judged);
    add_place(context, judged);
    add_release(report, folder, judged);
    judged.finished = sys::real_clock().now();
    judged.started = judged.finished - report.total;
    return judged;
}

Result<void> write_evidence(const report::Report& report, const Spec& spec, const Context& context,
                            const Signer& signer) {
    const auto judged = TRY(judged_by(report, spec, context));
    const auto payload = attest::write_judged(judged);
    TRY_VOID(attest::read_judged(payload, "the verdict")); // nothing is signed that nobody could read
    const auto store = TRY(sys::Root::open(signer.folder));
    TRY_VOID(attest::add_stored(store, attest::seal(attest::statement_payload, payload, {signer.key.get(), 1})));
    return {};
}

}

Result<Signer> signer_of(const Spec& spec, const Context& context) {
    Signer signer;
    if (!judges(spec, context)) return signer;
    const auto settings = attest::read_evidence_settings(context.config);
    if (context.change.foreign) {
        const bool asked = settings.is_there || context.variables.get(settings.key_env) ||
                           context.variables.get(settings.key_env + "_FILE");
        if (asked)
            signer.advice = context.change.about.empty() ? "the change that this job is about is not trusted"
                                                         : context.change.about + " " + context.change.why;
        return signer;
    }
    signer.key = TRY(read_key(settings.key_env, context.variables));
    const auto folder = signer.key ? folder_of_verdicts(context) : std::string();
    if (folder.empty()) {
        if (signer.key) sys::log_info("verdicts are not signed here: there is neither a fairlead.yml nor a repository");
        signer.key = nullptr;
        return signer;
    }
    const auto store = attest::make_store(folder, settings.store);
    if (!store.ok()) {
        const auto why = fmt::format("signed verdicts can't be stored: {}", store.error().message);
        const auto named = context.config.root()["evidence"]["store"];
        return named.present() ? named.error(why) : usage(why);
    }
    signer.folder = store->path().string() + "/";
    return signer;
}

void sign_verdict(const report::Report& report, const Spec& spec, const Context& context, const Signer& signer) {
    if (report.verdict == report::Verdict::error) return; // nothing was judged
    if (!signer.advice.empty())
        sys::log_info(fmt::format("this verdict is advice, and is not signed: {}", signer.advice));
    if (!signer.key) return;
    const auto written = write_evidence(report, spec, context, signer);
    if (!written.ok())
        sys::log_warning(fmt::format("the verdict can't be signed and stored: {}", written.error().message));
}

}
