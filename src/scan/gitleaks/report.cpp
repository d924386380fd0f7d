#include "scan/gitleaks/report.h"
#include "base/text.h"
#include "scan/gitleaks/go_encoding.h"
#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

namespace fairlead::scan::gitleaks {
namespace {

using Findings = std::vector<Finding>;
using RuleNames = std::vector<RuleName>;

void put_finding(GoJson& json, const Finding& finding) {
    json.open('{');
    json.put("RuleID", finding.rule);
    json.put("Description", finding.description);
    json.put("StartLine", finding.start_line);
    json.put("EndLine", finding.end_line);
    json.put("StartColumn", finding.start_column);
    json.put("EndColumn", finding.end_column);
    json.put("Match", finding.match);
    json.put("Secret", finding.secret);
    json.put("File", finding.file);
    json.put("SymlinkFile", finding.symlink);
    json.put("Commit", finding.commit);
    json.put("Entropy", finding.entropy);
    json.put("Author", finding.author);
    json.put("Email", finding.email);
    json.put("Date", finding.date);
    json.put("Message", finding.message);
    json.put("Tags", finding.tags);
    json.put("Fingerprint", finding.fingerprint());
    json.close('}');
}

std::string write_json(const Findings& findings, const RuleNames&) {
    GoJson json(' ');
    json.open('[');
    for (const Finding& finding : findings) put_finding(json, finding);
    json.close(']');
    return json.text() + "\n";
}

std::string csv_row(const Finding& finding) {
    const auto number = [](int value) { return std::to_string(value); };
    std::vector<std::string> fields = {
        finding.rule,
        finding.commit,
        finding.file,
        finding.symlink,
        finding.secret,
        finding.match,
        number(finding.start_line),
        number(finding.end_line),
        number(finding.start_column),
        number(finding.end_column),
        finding.author,
        finding.message,
        finding.date,
        finding.email,
        finding.fingerprint(),
        join(finding.tags, " "),
    };
    for (std::string& field : fields) field = go_csv(field);
    return join(fields, ",") + "\n";
}

std::string write_csv(const Findings& findings, const RuleNames&) {
    if (findings.empty()) return {};
    std::string text = "RuleID,Commit,File,SymlinkFile,Secret,Match,StartLine,EndLine,StartColumn,EndColumn,"
                       "Author,Message,Date,Email,Fingerprint,Tags\n";
    for (const Finding& finding : findings) text += csv_row(finding);
    return text;
}

std::string at_commit(const Finding& finding, std::string_view before) {
    return finding.commit.empty() ? std::string() : fmt::format("{} at commit {}", before, finding.commit);
}

std::string junit_case(const Finding& finding) {
    GoJson json('\t');
    put_finding(json, finding);
    const std::string name = go_xml(fmt::format("{} has detected a secret in file {}, line {}{}.", finding.rule,
                                                finding.file, finding.start_line, at_commit(finding, ",")));
    const std::string about = go_xml(finding.description);
    return fmt::format("\n\t\t<testcase classname=\"{0}\" file=\"{1}\" name=\"{2}\" time=\"\">\n"
                       "\t\t\t<failure message=\"{2}\" type=\"{0}\">{3}</failure>\n"
                       "\t\t</testcase>",
                       about, go_xml(finding.file), name, go_xml(json.text()));
}

std::string write_junit(const Findings& findings, const RuleNames&) {
    std::string cases;
    for (const Finding& finding : findings) cases += junit_case(finding);
    if (!findings.empty()) cases += "\n\t";
    return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
                       "\t<testsuite failures=\"{0}\" name=\"gitleaks\" tests=\"{0}\" time=\"\">{1}</testsuite>\n"
                       "</testsuites>",
                       findings.size(), cases);
}

void put_driver(GoJson& json, const RuleNames& rules) {
    json.open('{', "tool");
    json.open('{', "driver");
    json.put("name", "gitleaks");
    json.put("semanticVersion", "v8.0.0"); // in every release
    json.put("informationUri", "https://github.com/gitleaks/gitleaks");
    json.open('[', "rules");
    for (const RuleName& rule : rules) {
        json.open('{');
        json.put("id", rule.id);
        json.open('{', "shortDescription");
        json.put("text", rule.description);
        json.close('}');
        json.close('}');
    }
    json.close(']');
    json.close('}');
    json.close('}');
}

// The one difference from gitleaks: it writes 0 as lines and columns of a finding of a file's name, but SARIF 2.1.0
// only allows numbers from 1 (3.30.5 to 3.30.8).
void put_region(GoJson& json, const Finding& finding) {
    json.open('{', "region");
    json.put("startLine", std::max(1, finding.start_line));
    json.put("startColumn", std::max(1, finding.start_column));
    json.put("endLine", std::max(1, finding.end_line));
    json.put("endColumn", std::max(1, finding.end_column));
    json.open('{', "snippet");
    json.put("text", finding.secret);
    json.close('}');
    json.close('}');
}

void put_locations(GoJson& json, const Finding& finding) {
    json.open('[', "locations");
    json.open('{');
    json.open('{', "physicalLocation");
    json.open('{', "artifactLocation");
    json.put("uri", finding.symlink.empty() ? finding.file : finding.symlink);
    json.close('}');
    put_region(json, finding);
    json.close('}');
    json.close('}');
    json.close(']');
}

void put_commit(GoJson& json, const Finding& finding) {
    json.open('{', "partialFingerprints");
    json.put("commitSha", finding.commit);
    json.put("email", finding.email);
    json.put("author", finding.author);
    json.put("date", finding.date);
    json.put("commitMessage", finding.message);
    json.close('}');
}

void put_result(GoJson& json, const Finding& finding) {
    json.open('{');
    json.open('{', "message");
    json.put("text",
             fmt::format("{} has detected secret for file {}{}.", finding.rule, finding.file, at_commit(finding, "")));
    json.close('}');
    json.put("ruleId", finding.rule);
    put_locations(json, finding);
    put_commit(json, finding);
    json.open('{', "properties");
    json.put("tags", finding.tags);
    json.close('}');
    json.close('}');
}

std::string write_sarif(const Findings& findings, const RuleNames& rules) {
    GoJson json(' ');
    json.open('{');
    json.put("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    json.put("version", "2.1.0");
    json.open('[', "runs");
    json.open('{');
    put_driver(json, rules);
    json.open('[', "results");
    for (const Finding& finding : findings) put_result(json, finding);
    json.close(']');
    json.close('}');
    json.close(']');
    json.close('}');
    return json.text() + "\n";
}

constexpr std::string_view format_names[] = {"json", "csv", "junit", "sarif"};
constexpr std::string (*writers[])(const Findings&, const RuleNames&) = {write_json, write_csv, write_junit,
                                                                         write_sarif};
static_assert(std::size(format_names) == std::size(writers));

// Half of a byte goes to the even number.
std::size_t kept_bytes(std::size_t size, unsigned percent) {
    const std::size_t hundredths = size * (100 - percent);
    const std::size_t whole = hundredths / 100, rest = hundredths % 100;
    return rest > 50 || (rest == 50 && whole % 2 == 1) ? whole + 1 : whole;
}

std::string redacted(const std::string& secret, unsigned percent) {
    if (percent >= 100) return "REDACTED";
    return secret.empty() ? secret : secret.substr(0, kept_bytes(secret.size(), percent)) + "...";
}

}

std::span<const std::string_view> report_formats() { return format_names; }

std::string write_report(std::string_view format, const Findings& findings, const RuleNames& rules) {
    const auto* const found = std::find(std::begin(format_names), std::end(format_names), format);
    if (found == std::end(format_names)) throw std::logic_error(fmt::format("no report is called '{}'", format));
    return writers[found - std::begin(format_names)](findings, rules);
}

// With an empty secret, gitleaks puts REDACTED between all letters of the match. Here the match of a file's name stays,
// and any other match counts as the secret.
void redact(Finding& finding, unsigned percent) {
    if (percent == 0) return;
    const bool is_whole = finding.secret.empty() && finding.start_line > 0;
    const std::string hidden = is_whole ? finding.match : finding.secret;
    finding.match = replace_all(finding.match, hidden, redacted(hidden, percent));
    finding.secret = redacted(finding.secret, percent);
}

}
