#include "scan/gitleaks/report.h"
#include "base/text.h"
#include "scan/gitleaks/go_encoding.h"
#include "support/catch.h"

// What is expected here was written by gitleaks' own report/*.go and by Go's encoders, of the same findings.
using namespace fairlead;
using fairlead::scan::gitleaks::Finding;
using fairlead::scan::gitleaks::redact;
using fairlead::scan::gitleaks::report_formats;
using fairlead::scan::gitleaks::RuleName;
using fairlead::scan::gitleaks::write_report;

namespace {

const std::string made_up = "zzk_abcd1234";

Finding plain_finding() {
    Finding finding;
    finding.rule = "zzk";
    finding.description = "made-up token";
    finding.start_line = finding.end_line = 1;
    finding.start_column = 5;
    finding.end_column = 16;
    finding.match = "key=" + made_up;
    finding.secret = made_up;
    finding.file = "a.txt";
    finding.entropy = 3.418296F;
    return finding;
}

Finding committed_finding() {
    Finding finding = plain_finding();
    finding.rule = "key";
    finding.description = "a \"key\" & more";
    finding.start_line = 2;
    finding.end_line = 4;
    finding.match = "a=\"" + made_up + "\",\n\t'x'";
    finding.file = "dir/b c.txt";
    finding.symlink = "link,b.txt";
    finding.commit = "1234567";
    finding.entropy = 1e-7F;
    finding.author = "O\"Neil";
    finding.email = "a@example.org";
    finding.date = "2026-11-28T20:00:00Z";
    finding.message = "one\n\ntwo <b>";
    finding.tags = {"a", "b c"};
    return finding;
}

Finding finding_of_a_name() {
    Finding finding;
    finding.rule = "keyfile";
    finding.file = "a.qqkey";
    finding.match = "file detected: a.qqkey";
    return finding;
}

}

TEST_CASE("gitleaks: text is escaped as Go's encoders do it") {
    struct Sample {
        std::string text, json, csv, xml;
    };
    const std::string wrong = "\xEF\xBF\xBD";
    const std::vector<Sample> samples = {
        {"", R"("")", "", ""},
        {"plain \u00e4", "\"plain \u00e4\"", "plain \u00e4", "plain \u00e4"},
        {R"(a "b" 'c')", R"("a \"b\" 'c'")", R"("a ""b"" 'c'")", "a &#34;b&#34; &#39;c&#39;"},
        {"<&>", R"("\u003c\u0026\u003e")", "<&>", "&lt;&amp;&gt;"},
        {"a\tb\nc\rd\\", R"("a\tb\nc\rd\\")", "\"a\tb\nc\rd\\\"", "a&#x9;b&#xA;c&#xD;d\\"},
        {"a\b\f\v\x1f\x7f", "\"a\\b\\f\\u000b\\u001f\x7f\"", "a\b\f\v\x1f\x7f",
         "a" + wrong + wrong + wrong + wrong + "\x7f"},
        {std::string("a\0b", 3), R"("a\u0000b")", std::string("a\0b", 3), "a" + wrong + "b"},
        {"\u2028\u2029", R"("\u2028\u2029")", "\"\u2028\u2029\"", "\u2028\u2029"},
        {"\xff\xc0\x80", R"("\ufffd\ufffd\ufffd")", "\xff\xc0\x80", wrong + wrong + wrong},
        {"\xed\xa0\x80", R"("\ufffd\ufffd\ufffd")", "\xed\xa0\x80", wrong + wrong + wrong},
        {"\xe2\x80", R"("\ufffd\ufffd")", "\xe2\x80", wrong + wrong},
        {"\ufffd\uffff\U0001f600", "\"\ufffd\uffff\U0001f600\"", "\ufffd\uffff\U0001f600",
         wrong + wrong + "\U0001f600"},
        {"a,b", R"("a,b")", R"("a,b")", "a,b"},
        {" b", R"(" b")", R"(" b")", " b"},
        {"b ", R"("b ")", "b ", "b "},
        {"\u00a0b", "\"\u00a0b\"", "\"\u00a0b\"", "\u00a0b"},
        {"\u3000b", "\"\u3000b\"", "\"\u3000b\"", "\u3000b"},
        {"\u200bb", "\"\u200bb\"", "\u200bb", "\u200bb"},
        {"\\.", R"("\\.")", R"("\.")", "\\."},
        {"\\.x", R"("\\.x")", "\\.x", "\\.x"},
        {"\x85z", R"("\ufffdz")", "\x85z", wrong + "z"},
    };
    for (const Sample& sample : samples) {
        INFO(sample.json);
        CHECK(fairlead::scan::gitleaks::go_json(sample.text) == sample.json);
        CHECK(fairlead::scan::gitleaks::go_csv(sample.text) == sample.csv);
        CHECK(fairlead::scan::gitleaks::go_xml(sample.text) == sample.xml);
    }
}

TEST_CASE("gitleaks: an entropy is written in the shortest form, with an exponent only below a millionth") {
    CHECK(fairlead::scan::gitleaks::go_number(0) == "0");
    CHECK(fairlead::scan::gitleaks::go_number(3) == "3");
    CHECK(fairlead::scan::gitleaks::go_number(3.418296F) == "3.418296");
    CHECK(fairlead::scan::gitleaks::go_number(2.947703F) == "2.947703");
    CHECK(fairlead::scan::gitleaks::go_number(7.9999995F) == "7.9999995");
    CHECK(fairlead::scan::gitleaks::go_number(0.1F) == "0.1");
    CHECK(fairlead::scan::gitleaks::go_number(1e-6F) == "0.000001");
    CHECK(fairlead::scan::gitleaks::go_number(9.99e-7F) == "9.99e-7");
    CHECK(fairlead::scan::gitleaks::go_number(1e-7F) == "1e-7");
    CHECK(fairlead::scan::gitleaks::go_number(1.2345679e-10F) == "1.2345679e-10");
}

TEST_CASE("gitleaks: a fingerprint begins with the commit if there is one") {
    CHECK(plain_finding().fingerprint() == "a.txt:zzk:1");
    CHECK(committed_finding().fingerprint() == "1234567:dir/b c.txt:key:2");
    CHECK(finding_of_a_name().fingerprint() == "a.qqkey:keyfile:0");
}

TEST_CASE("gitleaks: the JSON report has all keys in their order") {
    CHECK(write_report("json", {}, {}) == "[]\n");
    CHECK(write_report("json", {plain_finding(), committed_finding()}, {}) == R"([
 {
  "RuleID": "zzk",
  "Description": "made-up token",
  "StartLine": 1,
  "EndLine": 1,
  "StartColumn": 5,
  "EndColumn": 16,
  "Match": "key=zzk_abcd1234",
  "Secret": "zzk_abcd1234",
  "File": "a.txt",
  "SymlinkFile": "",
  "Commit": "",
  "Entropy": 3.418296,
  "Author": "",
  "Email": "",
  "Date": "",
  "Message": "",
  "Tags": [],
  "Fingerprint": "a.txt:zzk:1"
 },
 {
  "RuleID": "key",
  "Description": "a \"key\" \u0026 more",
  "StartLine": 2,
  "EndLine": 4,
  "StartColumn": 5,
  "EndColumn": 16,
  "Match": "a=\"zzk_abcd1234\",\n\t'x'",
  "Secret": "zzk_abcd1234",
  "File": "dir/b c.txt",
  "SymlinkFile": "link,b.txt",
  "Commit": "1234567",
  "Entropy": 1e-7,
  "Author": "O\"Neil",
  "Email": "a@example.org",
  "Date": "2026-11-28T20:00:00Z",
  "Message": "one\n\ntwo \u003cb\u003e",
  "Tags": [
   "a",
   "b c"
  ],
  "Fingerprint": "1234567:dir/b c.txt:key:2"
 }
]
)");
}

TEST_CASE("gitleaks: the CSV report has a header only if there are findings") {
    CHECK(write_report("csv", {}, {}).empty());
    CHECK(write_report("csv", {plain_finding(), committed_finding()}, {}) ==
          "RuleID,Commit,File,SymlinkFile,Secret,Match,StartLine,EndLine,StartColumn,EndColumn,Author,Message,Date,"
          "Email,Fingerprint,Tags\n"
          "zzk,,a.txt,,zzk_abcd1234,key=zzk_abcd1234,1,1,5,16,,,,,a.txt:zzk:1,\n"
          "key,1234567,dir/b c.txt,\"link,b.txt\",zzk_abcd1234,\"a=\"\"zzk_abcd1234\"\",\n\t'x'\",2,4,5,16,"
          "\"O\"\"Neil\",\"one\n\ntwo <b>\",2026-11-28T20:00:00Z,a@example.org,1234567:dir/b c.txt:key:2,a b c\n");
}

TEST_CASE("gitleaks: the JUnit report holds each finding as JSON") {
    const std::string head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n\t<testsuite failures=\"";
    CHECK(write_report("junit", {}, {}) ==
          head + "0\" name=\"gitleaks\" tests=\"0\" time=\"\"></testsuite>\n</testsuites>");
    CHECK(write_report("junit", {committed_finding()}, {}) ==
          head + "1\" name=\"gitleaks\" tests=\"1\" time=\"\">\n"
                 "\t\t"
                 R"(<testcase classname="a &#34;key&#34; &amp; more" file="dir/b c.txt" name="key has detected a )"
                 R"(secret in file dir/b c.txt, line 2, at commit 1234567." time="">)"
                 "\n"
                 "\t\t\t"
                 R"(<failure message="key has detected a secret in file dir/b c.txt, line 2, at commit 1234567." )"
                 R"(type="a &#34;key&#34; &amp; more">{&#xA;&#x9;&#34;RuleID&#34;: &#34;key&#34;,&#xA;)"
                 R"(&#x9;&#34;Description&#34;: &#34;a \&#34;key\&#34; \u0026 more&#34;,&#xA;)"
                 R"(&#x9;&#34;StartLine&#34;: 2,&#xA;&#x9;&#34;EndLine&#34;: 4,&#xA;)"
                 R"(&#x9;&#34;StartColumn&#34;: 5,&#xA;&#x9;&#34;EndColumn&#34;: 16,&#xA;)"
                 R"(&#x9;&#34;Match&#34;: &#34;a=\&#34;zzk_abcd1234\&#34;,\n\t&#39;x&#39;&#34;,&#xA;)"
                 R"(&#x9;&#34;Secret&#34;: &#34;zzk_abcd1234&#34;,&#xA;)"
                 R"(&#x9;&#34;File&#34;: &#34;dir/b c.txt&#34;,&#xA;)"
                 R"(&#x9;&#34;SymlinkFile&#34;: &#34;link,b.txt&#34;,&#xA;)"
                 R"(&#x9;&#34;Commit&#34;: &#34;1234567&#34;,&#xA;&#x9;&#34;Entropy&#34;: 1e-7,&#xA;)"
                 R"(&#x9;&#34;Author&#34;: &#34;O\&#34;Neil&#34;,&#xA;)"
                 R"(&#x9;&#34;Email&#34;: &#34;a@example.org&#34;,&#xA;)"
                 R"(&#x9;&#34;Date&#34;: &#34;2026-11-28T20:00:00Z&#34;,&#xA;)"
                 R"(&#x9;&#34;Message&#34;: &#34;one\n\ntwo \u003cb\u003e&#34;,&#xA;)"
                 R"(&#x9;&#34;Tags&#34;: [&#xA;&#x9;&#x9;&#34;a&#34;,&#xA;&#x9;&#x9;&#34;b c&#34;&#xA;)"
                 R"(&#x9;],&#xA;&#x9;&#34;Fingerprint&#34;: &#34;1234567:dir/b c.txt:key:2&#34;&#xA;)"
                 R"(}</failure>)"
                 "\n"
                 "\t\t"
                 R"(</testcase>)"
                 "\n"
                 "\t</testsuite>\n</testsuites>");
}

TEST_CASE("gitleaks: the SARIF report lists all rules, and prefers the link of a file") {
    const std::vector<RuleName> rules = {{"zzk", "made-up token"}, {"key", "a \"key\" & more"}};
    CHECK(write_report("sarif", {committed_finding()}, rules) == R"({
 "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
 "version": "2.1.0",
 "runs": [
  {
   "tool": {
    "driver": {
     "name": "gitleaks",
     "semanticVersion": "v8.0.0",
     "informationUri": "https://github.com/gitleaks/gitleaks",
     "rules": [
      {
       "id": "zzk",
       "shortDescription": {
        "text": "made-up token"
       }
      },
      {
       "id": "key",
       "shortDescription": {
        "text": "a \"key\" \u0026 more"
       }
      }
     ]
    }
   },
   "results": [
    {
     "message": {
      "text": "key has detected secret for file dir/b c.txt at commit 1234567."
     },
     "ruleId": "key",
     "locations": [
      {
       "physicalLocation": {
        "artifactLocation": {
         "uri": "link,b.txt"
        },
        "region": {
         "startLine": 2,
         "startColumn": 5,
         "endLine": 4,
         "endColumn": 16,
         "snippet": {
          "text": "zzk_abcd1234"
         }
        }
       }
      }
     ],
     "partialFingerprints": {
      "commitSha": "1234567",
      "email": "a@example.org",
      "author": "O\"Neil",
      "date": "2026-11-28T20:00:00Z",
      "commitMessage": "one\n\ntwo \u003cb\u003e"
     },
     "properties": {
      "tags": [
       "a",
       "b c"
      ]
     }
    }
   ]
  }
 ]
}
)");
    const std::string none = write_report("sarif", {}, {});
    CHECK(none.find("     \"rules\": []\n    }\n   },\n   \"results\": []\n  }\n ]\n}\n") != none.npos);
}

TEST_CASE("gitleaks: the SARIF report gives a finding of a file's name line 1, the others stay") {
    const std::string sarif = write_report("sarif", {finding_of_a_name()}, {});
    for (const char* key : {"startLine", "startColumn", "endLine", "endColumn"})
        CHECK(sarif.find(std::string("\"") + key + "\": 1,\n") != sarif.npos);
    CHECK(sarif.find("keyfile has detected secret for file a.qqkey.") != sarif.npos);
    CHECK(write_report("json", {finding_of_a_name()}, {}).find("\"StartLine\": 0,\n") != sarif.npos);
}

TEST_CASE("gitleaks: each format can be written, an unknown one is a bug of the caller") {
    CHECK(join(std::vector<std::string>(report_formats().begin(), report_formats().end()), " ") ==
          "json csv junit sarif");
    for (const std::string_view format : report_formats())
        CHECK_FALSE(write_report(format, {plain_finding()}, {}).empty());
    CHECK_THROWS(write_report("pdf", {}, {}));
}

TEST_CASE("gitleaks: redaction keeps the first bytes, half of one rounded to even") {
    struct Sample {
        unsigned percent;
        std::string secret, redacted;
    };
    const std::vector<Sample> samples = {
        {0, made_up, made_up},     {1, made_up, made_up + "..."}, {20, made_up, "zzk_abcd12..."},
        {50, "zzk_a", "zz..."},    {50, "zzk_abc", "zzk_..."},    {50, "z", "..."},
        {75, "zzk_ab", "zz..."},   {75, "zzk_abcd12", "zz..."},   {25, "zzk_ab", "zzk_..."},
        {75, "zz", "..."},         {99, made_up, "..."},          {100, made_up, "REDACTED"},
        {250, made_up, "REDACTED"}};
    for (const Sample& sample : samples) {
        INFO(sample.percent << " " << sample.secret);
        Finding finding = plain_finding();
        finding.secret = sample.secret;
        finding.match = "k=" + sample.secret + ";" + sample.secret;
        redact(finding, sample.percent);
        CHECK(finding.secret == sample.redacted);
        CHECK(finding.match == "k=" + sample.redacted + ";" + sample.redacted);
    }
}

TEST_CASE("gitleaks: redaction of an empty secret hides the match, but no file's name") {
    Finding name = finding_of_a_name();
    redact(name, 100);
    CHECK(name.match == "file detected: a.qqkey");
    CHECK(name.secret == "REDACTED");
    Finding text = plain_finding();
    text.secret.clear();
    redact(text, 100);
    CHECK(text.match == "REDACTED");
    CHECK(text.secret == "REDACTED");
    Finding half = plain_finding();
    half.secret.clear();
    redact(half, 50);
    CHECK(half.match == "key=zzk_...");
    CHECK(half.secret.empty());
}
