#include "gate/judge/baseline.h"
#include "base/words.h"
#include "gate/change.h"
#include "gate/formats/findings.h"
#include "gate/judge/judge.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::gate {
namespace {

using sys::Json;

constexpr std::uint64_t most = 1'000'000'000'000; // of tests and of lines; a bigger number is a mistake
constexpr std::size_t longest = 1u << 26;         // bytes of a file

std::optional<std::uint64_t> number_in(const Json& value, std::string_view name) {
    return whole_number(member_of(value, name), most);
}

std::uint64_t missed(Count lines) { return lines.total - lines.covered; }

// Those that are new there, or known since a later day.
std::size_t added(const std::optional<KnownFindings::Ids>& before, const std::optional<KnownFindings::Ids>& now) {
    if (!now) return 0;
    return static_cast<std::size_t>(std::count_if(now->begin(), now->end(), [&](const auto& one) {
        if (!before) return true;
        const auto old = before->find(one.first);
        return old == before->end() || (!old->second.empty() && (one.second.empty() || one.second > old->second));
    }));
}

// "src/app.py E501 v1:0f… warning 2026-12-01"; without the day in files of older versions.
void add_known(std::string text, KnownFindings::Ids& ids) {
    const auto blank = text.rfind(' ');
    const auto day = blank == std::string::npos ? std::string() : text.substr(blank + 1);
    const bool is_day = day.size() == 10 && parse_utc(day + "T00:00:00Z");
    if (is_day) text.resize(blank);
    ids.insert_or_assign(std::move(text), is_day ? day : std::string());
}

Json json_of(const KnownFindings::Ids& ids, const KnownFindings::Ids& before) {
    Json out = Json::array();
    for (const auto& [id, day] : ids) {
        const auto old = before.find(id);
        const bool is_older = old != before.end() && !old->second.empty() && (day.empty() || old->second < day);
        const auto& since = is_older ? old->second : day;
        out.push_back(since.empty() ? id : id + ' ' + since);
    }
    return out;
}

constexpr std::size_t most_samples = 100; // of a measure, in the file

Json json_of(const Measure& measure) {
    Json out = {{"value", measure.value}};
    if (measure.samples.empty()) return out;
    const auto kept = std::min(measure.samples.size(), most_samples);
    out["samples"] = std::vector(measure.samples.begin(), measure.samples.begin() + static_cast<std::ptrdiff_t>(kept));
    return out;
}

std::optional<Measure> measure_in(const std::string& name, const Json& json) {
    const Json &value = member_of(json, "value"), &samples = member_of(json, "samples");
    if (!value.is_number() || (!samples.is_null() && !samples.is_array())) return std::nullopt;
    Measure out{name, value.get<double>()};
    if (samples.size() > most_samples) return std::nullopt;
    for (const Json& one : samples) {
        if (!one.is_number()) return std::nullopt;
        out.samples.push_back(one.get<double>());
    }
    return out;
}

double middle_of(std::vector<double> samples) {
    std::sort(samples.begin(), samples.end());
    return samples[samples.size() / 2];
}

// How far apart nine of ten samples are, as a share of their middle.
double spread_of(std::vector<double> samples) {
    std::sort(samples.begin(), samples.end());
    const double middle = samples[samples.size() / 2];
    const double width = samples[samples.size() * 19 / 20] - samples[samples.size() / 20];
    return middle > 0 ? width / middle : 0;
}

// Samples among which a slower run would be lost in the noise.
bool is_noisier(const Budget& budget, const Measure& now, const Measure& before) {
    const double spread = spread_of(now.samples);
    const auto allowed = budget.max_growth ? *budget.max_growth : budget.max_drop.value_or(0);
    return spread > 2 * spread_of(before.samples) && spread > static_cast<double>(allowed) / 1'000'000;
}

// As numbers: both what was measured and the middle of its samples, which a change may alter by themselves.
bool is_looser(const Budget& budget, const Measure& now, const Measure& before) {
    bool uncertain = false;
    const auto is_worse = [&](double later, double old) {
        return !worsened(budget, {"", later}, {"", old}, "", uncertain).empty();
    };
    if (is_worse(now.value, before.value)) return true;
    return !now.samples.empty() && !before.samples.empty() &&
           (is_worse(middle_of(now.samples), middle_of(before.samples)) || is_noisier(budget, now, before));
}

// Returns the first budget that the change's own baseline wouldn't keep, or that is gone there; empty: there is none.
std::string loosened(const Policy& policy, const Baseline& before, const Baseline& now) {
    for (const auto& budget : policy.budgets) {
        const auto name = budget.name();
        const auto old = before.measures.find(name), later = now.measures.find(name);
        if (old == before.measures.end() || !budget.compares()) continue;
        if (later == now.measures.end() || is_looser(budget, later->second, old->second)) return name;
    }
    return {};
}

// Returns the first size that is bigger or gone; empty: there is none.
std::string raised(const Baseline::Sizes& before, const Baseline::Sizes& now) {
    for (const auto& [name, bytes] : before) {
        const auto found = now.find(name);
        if (found == now.end() || found->second > bytes) return name;
    }
    return {};
}

}

Result<Baseline> parse_baseline(std::string_view text, const std::string& file) {
    const auto parsed = sys::parse_json(text, file);
    if (!parsed.ok()) return usage(parsed.error().message, parsed.error().place);
    const auto refused = [&](std::string why) { return usage(std::move(why), {file, 0, 0, {}}); };
    const Json& json = parsed.value();
    if (number_in(json, "schema") != 1) return refused("this is not a baseline with \"schema\": 1");
    Baseline out;
    if (json.contains("tests")) {
        out.executed = number_in(json["tests"], "executed");
        if (!out.executed) return refused("tests has no number 'executed'");
    }
    if (json.contains("coverage")) {
        const Json& lines = member_of(json["coverage"], "lines");
        const auto covered = number_in(lines, "covered"), total = number_in(lines, "total");
        if (!covered || !total || *covered > *total) return refused("coverage has no lines with 'covered' and 'total'");
        out.lines = Count{*covered, *total};
    }
    if (json.contains("findings")) {
        out.findings.emplace();
        for (const Json& id : json["findings"]) {
            if (!json["findings"].is_array() || !id.is_string()) return refused("findings is not a list of texts");
            add_known(id.get<std::string>(), *out.findings);
        }
    }
    const Json& sizes = member_of(json, "sizes");
    if (!sizes.is_null() && !sizes.is_object()) return refused("sizes is not a map of paths");
    for (const auto& [name, size] : sizes.items()) {
        const auto bytes = whole_number(size, most);
        if (!bytes) return refused(fmt::format("the size of {} is not a number", one_line(name, 100)));
        out.sizes[name] = *bytes;
    }
    const Json& measures = member_of(json, "performance");
    if (!measures.is_null() && !measures.is_object()) return refused("performance is not a map of names");
    for (const auto& [name, one] : measures.items()) {
        auto measure = measure_in(name, one);
        if (!measure)
            return refused(fmt::format("{} has no 'value', or samples that are not up to 100 numbers", one_line(name)));
        out.measures[name] = *std::move(measure);
    }
    return out;
}

std::string baseline_text(const Totals& totals, const Baseline& before) {
    const auto executed = totals.tests ? std::optional(totals.tests->executed()) : before.executed;
    const auto lines = totals.lines ? totals.lines : before.lines;
    Json out = {{"schema", 1}};
    if (executed) out["tests"] = {{"executed", *executed}};
    if (lines) out["coverage"] = {{"lines", {{"covered", lines->covered}, {"total", lines->total}}}};
    auto sizes = before.sizes;
    for (const auto& size : totals.sizes) sizes[size.name] = size.bytes;
    if (!sizes.empty()) out["sizes"] = sizes;
    auto measures = before.measures;
    for (const auto& one : totals.budgets)
        if (one.measure) measures[one.name] = *one.measure;
    for (const auto& [name, measure] : measures) out["performance"][name] = json_of(measure);
    if (const auto& findings = totals.finding_ids ? totals.finding_ids : before.findings)
        out["findings"] = json_of(*findings, before.findings.value_or(KnownFindings::Ids()));
    return sys::dump_json(out, 2) + "\n";
}

Result<BaselineFile> BaselineFile::at(const std::string& root, const std::string& folder, const std::string& path,
                                      const Place& place) {
    const auto tree = TRY(sys::Root::open(root));
    auto file = sys::named_by_tree(tree, folder, path, "name a file of this repository as the baseline");
    if (!file.ok()) return usage(file.error().message, place);
    const auto info = file->root.look(file->path), itself = file->root.inspect(file->path);
    if (!info.ok()) return usage(info.error().message, place);
    if (itself.ok() && itself->type == sys::FileType::link)
        return usage(fmt::format("'{}' is a link, of which git keeps no content; name the file itself as the baseline",
                                 file->path),
                     place);
    if (info->type != sys::FileType::absent && info->type != sys::FileType::file)
        return usage(fmt::format("'{}' is not a file; name a file as the baseline", file->path), place);
    return BaselineFile(std::move(file).value());
}

Result<std::optional<Baseline>> BaselineFile::read() const {
    if (TRY(file_.root.look(file_.path)).type == sys::FileType::absent) return std::optional<Baseline>();
    const auto text = TRY(file_.root.read(file_.path, longest));
    auto read = parse_baseline(text, file_.path);
    if (read.ok()) return std::optional(std::move(read).value());
    return usage(fmt::format("{}; so this file is no baseline: name another, or remove it and write it with "
                             "--write-baseline",
                             read.error().message),
                 read.error().place);
}

Result<void> BaselineFile::write(const Totals& totals, const Baseline& before) const {
    const auto there = TRY(read());
    const sys::Path path = file_.path;
    if (path.has_parent_path()) TRY_VOID(file_.root.make_folders(path.parent_path()));
    return file_.root.write(path, baseline_text(totals, there.value_or(before)));
}

std::optional<report::Finding> lowered(const Past& past, const Baseline& now, const Totals& totals,
                                       const Policy& policy) {
    if (!past.baseline) return std::nullopt;
    const auto& [tests, old, sizes, findings, measures] = *past.baseline;
    const Count lines = now.lines.value_or(Count{});
    std::string what;
    if (tests && now.executed.value_or(0) < *tests)
        what = fmt::format("lowers the baseline from {} tests to {}", *tests, now.executed.value_or(0));
    else if (old && share_of(lines.covered, lines.total) < share_of(old->covered, old->total))
        what = fmt::format("lowers the baseline from {} % of the lines to {} %", percent(*old), percent(lines));
    else if (old && missed(lines) > std::max(missed(*old), missed(totals.lines.value_or(Count{}))))
        what = fmt::format("raises the uncovered lines of the baseline from {} to {}", missed(*old), missed(lines));
    else if (const auto bigger = raised(sizes, now.sizes); !bigger.empty())
        what = fmt::format("raises the size of {} in the baseline", bigger);
    else if (const auto name = loosened(policy, *past.baseline, now); !name.empty())
        what = fmt::format("makes '{}' worse in the baseline than its budget allows", name);
    else if (const auto more = added(findings, now.findings); more > 0)
        what = fmt::format("adds {} to the baseline", counted(more, "finding", "findings"));
    else
        return std::nullopt;
    return report::Finding{.rule = "gate/silenced",
                           .severity = report::Severity::warning,
                           .file = past.file,
                           .message = fmt::format("this change {}, which later changes are compared with", what)};
}

namespace {

Past past_with(Past past, const std::optional<std::string>& text) {
    if (!text) return past;
    auto baseline = parse_baseline(*text, past.file);
    if (baseline.ok())
        past.baseline = std::move(baseline).value();
    else
        past.damage = std::move(baseline).error().message;
    return past;
}

}

Result<Past> past_of(const BaselineFile& file, const Base& base) {
    auto before = TRY(base.file(file.path()));
    return past_with({base.since(), file.path(), std::nullopt, std::move(before.damage)}, before.text);
}

Result<Past> past_of_note(const std::string& reference, const Base& base) {
    const auto note = TRY(base.note(reference));
    return past_with({note.of, reference, std::nullopt}, note.text);
}

}
