#include "deploy/show/resources.h"
#include "base/text.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>
#include <functional>

namespace fairlead::deploy {

namespace {

using sys::Json;

constexpr double much = 0.8; // of a limit

std::string told(std::uint64_t bytes) {
    constexpr const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; value >= 1024 && unit + 1 < std::size(units); ++unit) value /= 1024;
    return fmt::format("{:.{}f} {}", value, unit == 0 || value >= 100 ? 0 : 1, units[unit]);
}

std::string of(const std::string& used, double part, const std::string& limit) {
    return fmt::format("{} of {} ({:.0f} %)", used, limit, part * 100);
}

std::string line_of(const Load& load) {
    const auto& usage = load.usage;
    std::vector<std::string> words{usage.state};
    if (!usage.health.empty()) words.push_back(usage.health);
    const auto cpu = fmt::format("cpu {:.2f}", load.in_use);
    words.push_back(
        usage.processors > 0 ? of(cpu, load.in_use / usage.processors, fmt::format("{:g}", usage.processors)) : cpu);
    const auto part = of_limit(usage.memory, usage.memory_limit);
    const auto memory = "memory " + told(usage.memory);
    words.push_back(part ? of(memory, *part, told(usage.memory_limit)) : memory);
    if (usage.received) words.push_back(fmt::format("in {}", told(*usage.received)));
    if (usage.sent) words.push_back(fmt::format("out {}", told(*usage.sent)));
    words.push_back(fmt::format("restarts {}", usage.restarts));
    constexpr Milliseconds second{1000};
    words.push_back("up " + format_duration(usage.age / second * second));
    return fmt::format("{:<10} {}{}\n", name_of(usage.instance), usage.name.empty() ? "" : usage.name + ": ",
                       join(words, ", "));
}

Json json_of(const Load& load) {
    const auto& usage = load.usage;
    Json json{{"instance", name_of(usage.instance)},
              {"release", usage.release},
              {"name", usage.name},
              {"state", usage.state},
              {"health", usage.health},
              {"restarts", usage.restarts},
              {"age_ms", usage.age.count()},
              {"cpu", load.in_use},
              {"cpu_limit", usage.processors},
              {"memory_bytes", usage.memory},
              {"memory_limit_bytes", usage.memory_limit}};
    if (usage.received) json["received_bytes"] = *usage.received;
    if (usage.sent) json["sent_bytes"] = *usage.sent;
    return json;
}

std::string label_escaped(const std::string& label) {
    return replace_all(replace_all(replace_all(label, "\\", "\\\\"), "\"", "\\\""), "\n", "\\n");
}

}

Result<std::vector<Load>> measured(Place& place, sys::Clock& clock, Milliseconds between) {
    const auto before = TRY(place.resources());
    if (!before.empty()) clock.sleep(between);
    std::vector<Load> loads;
    for (auto& usage : TRY(place.resources())) {
        const auto same = std::find_if(before.begin(), before.end(), [&](const Usage& one) {
            return one.instance == usage.instance && one.name == usage.name;
        });
        const double in_use = same == before.end() ? 0 : processors_between(*same, usage);
        loads.push_back({std::move(usage), in_use});
    }
    return loads;
}

void add_resources(report::Report& report, const std::vector<Load>& loads) {
    auto list = Json::array();
    for (const auto& load : loads) {
        const auto& usage = load.usage;
        report.text += line_of(load);
        list.push_back(json_of(load));
        const auto warn = [&](const char* what, double part) {
            if (part < much) return;
            report.findings.push_back(
                {.rule = "deploy/near-limit",
                 .severity = report::Severity::warning,
                 .message = fmt::format("{} uses {:.0f} % of its {}; raise the limit, or find the cause",
                                        name_of(usage.instance), part * 100, what)});
        };
        if (usage.processors > 0) warn("processors", load.in_use / usage.processors);
        if (const auto part = of_limit(usage.memory, usage.memory_limit)) warn("memory", *part);
    }
    report.members.push_back(report::member("resources", list));
}

std::string open_metrics(const std::vector<Load>& loads, const Settings& settings) {
    struct Row {
        const char *name, *type, *unit, *help;
        std::function<std::optional<double>(const Load&)> value;
    };
    const auto count = [](std::uint64_t value) { return std::optional(static_cast<double>(value)); };
    const auto some = [](const std::optional<std::uint64_t>& value) {
        return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
    };
    const Row rows[] = {
        {"up", "gauge", "", "1 if the instance runs, else 0.",
         [](const Load& one) { return std::optional(one.usage.state == "running" ? 1.0 : 0.0); }},
        {"cpu_seconds", "counter", "seconds", "Processor time since the start of the instance.",
         [](const Load& one) { return std::optional(static_cast<double>(one.usage.cpu.count()) / 1000); }},
        {"memory_bytes", "gauge", "bytes", "Memory in use.", [&](const Load& one) { return count(one.usage.memory); }},
        {"memory_limit_bytes", "gauge", "bytes", "Memory that the instance may use; 0: no limit.",
         [&](const Load& one) { return count(one.usage.memory_limit); }},
        {"received_bytes", "counter", "bytes", "Bytes received through the instance's own networks.",
         [&](const Load& one) { return some(one.usage.received); }},
        {"sent_bytes", "counter", "bytes", "Bytes sent through the instance's own networks.",
         [&](const Load& one) { return some(one.usage.sent); }},
        {"restarts", "gauge", "", "Restarts since the instance was created.",
         [](const Load& one) { return std::optional(static_cast<double>(one.usage.restarts)); }},
        {"age_seconds", "gauge", "seconds", "Time since the start of the instance.",
         [](const Load& one) { return std::optional(static_cast<double>(one.usage.age.count()) / 1000); }},
    };
    std::string text;
    for (const auto& row : rows) {
        const auto family = fmt::format("fairlead_deploy_{}", row.name);
        const auto* suffix = row.type == std::string_view("counter") ? "_total" : "";
        std::string samples;
        for (const auto& load : loads)
            if (const auto value = row.value(load))
                samples += fmt::format("{}{}{{app=\"{}\",environment=\"{}\",instance=\"{}\",release=\"{}\"}} {}\n",
                                       family, suffix, label_escaped(settings.app), label_escaped(settings.environment),
                                       name_of(load.usage.instance), label_escaped(load.usage.release), *value);
        if (samples.empty()) continue;
        text += fmt::format("# TYPE {} {}\n", family, row.type);
        if (*row.unit != '\0') text += fmt::format("# UNIT {} {}\n", family, row.unit);
        text += fmt::format("# HELP {} {}\n{}", family, row.help, samples);
    }
    return text + "# EOF\n";
}

}
