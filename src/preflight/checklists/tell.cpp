#include "preflight/checklists/tell.h"
#include "base/printable.h"
#include "base/text.h"
#include "report/github.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace fairlead::preflight {

namespace {

std::size_t count_of(const JudgedList& judged, ItemState state) {
    return static_cast<std::size_t>(std::count_if(judged.outcomes.begin(), judged.outcomes.end(),
                                                  [&](const Outcome& one) { return one.state == state; }));
}

std::size_t signed_ones(const JudgedList& judged) {
    return static_cast<std::size_t>(
        std::count_if(judged.outcomes.begin(), judged.outcomes.end(), [](const Outcome& one) {
            return one.state == ItemState::yes && one.item->kind != ItemKind::automatic;
        }));
}

std::string behind(const Outcome& one) {
    if (one.state == ItemState::yes && one.signoff) return fmt::format("({}, until {})", one.signoff->by, one.last_day);
    return one.why.empty() ? "" : "(" + one_line(one.why) + ")";
}

std::string_view word_of(ItemState state) { return state == ItemState::not_applicable ? "n/a" : name_of(state); }

report::Case case_of(const Checklist& list, const Outcome& one) {
    report::Case told{.suite = fmt::format("{}/{}", list.name, one.item->section),
                      .name = fmt::format("{} {}", one.item->id, one.item->text),
                      .time = one.time};
    const auto decides = std::find_if(one.findings.begin(), one.findings.end(),
                                      [](const report::Finding& finding) { return report::decides(finding); });
    if (one.state == ItemState::not_applicable) {
        told.skipped = "not applicable: " + one.why;
    } else if (decides != one.findings.end()) {
        told.failure = decides->message;
        told.finding = decides->fingerprint;
        for (const auto& line : one.attached) told.failure += "\n" + line;
    } else {
        for (const auto& finding : one.findings) told.output += finding.message + "\n";
        if (one.signoff) told.output += behind(one) + "\n";
    }
    return told;
}

sys::Json json_of(const Signoff& signoff, const std::string& last_day) {
    return {{"verdict", signoff.verdict},
            {"by", signoff.by},
            {"on", signoff.on},
            {"until", last_day},
            {"evidence", signoff.evidence},
            {"note", signoff.note},
            {"commit", signoff.commit},
            {"sealed", !signoff.sealed.empty()}};
}

sys::Json json_of(const Outcome& one) {
    const Item& item = *one.item;
    sys::Json json = {{"id", item.id},
                      {"text", item.text},
                      {"section", item.section},
                      {"kind", std::string(name_of(item.kind))},
                      {"state", std::string(name_of(one.state))},
                      {"why", one.why},
                      {"help", item.help},
                      {"refs", item.refs},
                      {"rules", item.rules},
                      {"command", item.command},
                      {"findings", one.attached}};
    if (one.signoff) json["signoff"] = json_of(*one.signoff, one.last_day);
    return json;
}

sys::Json counts_of(const JudgedList& judged) {
    const auto automatic = count_of(judged, ItemState::yes) - signed_ones(judged);
    return {{"items", judged.outcomes.size()},
            {"automatic", automatic},
            {"signed", signed_ones(judged)},
            {"stale", count_of(judged, ItemState::stale)},
            {"open", count_of(judged, ItemState::open)},
            {"no", count_of(judged, ItemState::no)},
            {"not_applicable", count_of(judged, ItemState::not_applicable)}};
}

std::string text_of(const JudgedList& judged, GroupBy by) {
    std::string text;
    for (const auto& group : grouped(judged, by)) {
        text += one_line(group.title) + "\n";
        for (const Outcome* one : group.items)
            text += fmt::format("  {:5} {:12} {} {}\n", word_of(one->state), one->item->id, one_line(one->item->text),
                                behind(*one));
    }
    return text;
}

std::string cell(const Outcome& one) {
    if (one.signoff) {
        const auto& evidence = one.signoff->evidence;
        return fmt::format("{}, {}{}{}", one.signoff->by, one.signoff->on, evidence.empty() ? "" : ": ", evidence);
    }
    return std::string(name_of(one.item->kind));
}

}

std::vector<ShownGroup> grouped(const JudgedList& judged, GroupBy by) {
    std::vector<ShownGroup> groups;
    if (by == GroupBy::refs) {
        std::map<std::string, ShownGroup> of;
        for (const Outcome& one : judged.outcomes) {
            auto refs = one.item->refs;
            if (refs.empty()) refs.emplace_back("without a reference");
            for (const auto& ref : refs) {
                of[ref].title = ref;
                of[ref].items.push_back(&one);
            }
        }
        for (auto& [ref, group] : of) groups.push_back(std::move(group));
        return groups;
    }
    for (const Section& section : judged.list.sections) {
        ShownGroup group{section.title, {}};
        for (const Outcome& one : judged.outcomes)
            if (one.item->section == section.id) group.items.push_back(&one);
        if (!group.items.empty()) groups.push_back(std::move(group));
    }
    return groups;
}

std::string facts_of(const JudgedList& judged) {
    const auto counts = counts_of(judged);
    std::vector<std::string> words;
    for (const auto& [name, count] : counts.items())
        if (name != "items")
            words.push_back(fmt::format("{} {}", count.get<std::size_t>(), replace_all(name, "_", " ")));
    const auto others = judged.list.items.size() - judged.outcomes.size();
    return fmt::format("{} of {}: {}{}", judged.list.name, judged.outcomes.size(), join(words, ", "),
                       others > 0 ? fmt::format("; {} of other phases", others) : "");
}

report::Report tell(const JudgedList& judged, GroupBy by) {
    report::Report report;
    report.text = text_of(judged, by);
    sys::Json items = sys::Json::array();
    for (const Outcome& one : judged.outcomes) {
        for (const auto& finding : one.findings) {
            if (report::decides(finding)) report.verdict = report::Verdict::fail;
            report.findings.push_back(finding);
        }
        report.cases.push_back(case_of(judged.list, one));
        items.push_back(json_of(one));
    }
    for (const auto& finding : judged.findings) {
        if (report::decides(finding)) report.verdict = report::Verdict::fail;
        report.findings.push_back(finding);
    }
    report.facts = facts_of(judged);
    report.says = report::Says::verdict;
    report.tells_levels = true;
    report.counting_output = "findings";
    const auto no = std::count_if(report.findings.begin(), report.findings.end(),
                                  [](const report::Finding& finding) { return report::decides(finding); });
    report.outputs = {{"findings", std::to_string(no)}};
    report.members = {report::member("checklist", judged.list.name),
                      report::member("phase", std::string(name_of(judged.phase))),
                      report::member("profile", judged.profile), report::member("counts", counts_of(judged)),
                      report::member("items", std::move(items))};
    report.bodies["markdown"] = markdown_of(judged, by);
    report.bodies["html"] = page_of(judged, by);
    return report;
}

report::Report tell_count(const Checklist& list) {
    report::Report report;
    std::map<std::string, std::size_t> kinds, phases;
    sys::Json sections = sys::Json::object();
    for (const Section& section : list.sections) {
        const auto count = std::count_if(list.items.begin(), list.items.end(),
                                         [&](const Item& item) { return item.section == section.id; });
        sections[section.id] = count;
        report.text += fmt::format("{:4} {:12} {}\n", count, section.id, one_line(section.title));
    }
    for (const Item& item : list.items) {
        ++kinds[std::string(name_of(item.kind))];
        ++phases[std::string(name_of(item.phase))];
    }
    const auto told = [](const std::map<std::string, std::size_t>& counts) {
        std::vector<std::string> words;
        for (const auto& [name, count] : counts) words.push_back(fmt::format("{} {}", count, name));
        return join(words, ", ");
    };
    report.facts = fmt::format("{}: {} items in {} sections; {}; {}", list.name, list.items.size(),
                               list.sections.size(), told(kinds), told(phases));
    report.members = {report::member("checklist", list.name), report::member("count", list.items.size()),
                      report::member("sections", sections), report::member("kinds", kinds),
                      report::member("phases", phases)};
    return report;
}

std::string markdown_of(const JudgedList& judged, GroupBy by) {
    using report::escape_markdown;
    std::string text = fmt::format("# {}: {}\n\n{}\n", escape_markdown(judged.list.title),
                                   judged.phase == ItemPhase::before  ? "before the deployment"
                                   : judged.phase == ItemPhase::after ? "after the deployment"
                                                                      : "drills",
                                   escape_markdown(facts_of(judged)));
    for (const auto& group : grouped(judged, by)) {
        text += fmt::format("\n## {}\n\n| | item | what holds | by whom, when, evidence |\n|---|---|---|---|\n",
                            escape_markdown(group.title));
        for (const Outcome* one : group.items) {
            const auto mark = one->state == ItemState::yes              ? "[x]"
                              : one->state == ItemState::not_applicable ? "n/a"
                                                                        : "[ ]";
            const auto why = one->state == ItemState::yes || one->why.empty() ? "" : ": " + one->why;
            text += fmt::format("| {} | {} | {}{} | {} |\n", mark, one->item->id, escape_markdown(one->item->text),
                                escape_markdown(why), escape_markdown(cell(*one)));
        }
    }
    return text;
}

}
