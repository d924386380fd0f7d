#include "scan/sieve.h"
#include "scan/collector.h"
#include "unit/sys/git_sandbox.h"
#include <random>

// What the sieve passes over has no finding: each commit of a repository is looked at by it, and by all its added
// lines.

using namespace fairlead;
namespace gl = fairlead::scan::gitleaks;
using fairlead::scan::sample;
using fairlead::scan::Sieve;

namespace {

gl::Detector detector() { return test::value(gl::Detector::make(gl::built_in_configuration(), {})); }

std::vector<std::string> found_in(gl::Detector& detector, const sys::AddedLines& added) {
    std::vector<std::string> found;
    for (const gl::Finding& finding :
         test::value(detector.find({.text = added.text, .path = added.path, .first_line = added.first_line})))
        found.push_back(finding.file + ":" + std::to_string(finding.start_line) + ": " + finding.rule);
    return found;
}

class Looker {
  public:
    explicit Looker(const test::Sandbox& box)
        : repository_(box.open()), detector_(detector()), sieve_(repository_, detector_, {}) {}

    // The findings of a commit by all its added lines; those behind the sieve are the same.
    std::vector<std::string> look(const std::string& commit) {
        std::vector<std::string> all, sieved;
        const auto take = [&](std::vector<std::string>& into) {
            return [&](const sys::AddedLines& added) -> Result<void> {
                const auto found = found_in(detector_, added);
                into.insert(into.end(), found.begin(), found.end());
                return {};
            };
        };
        REQUIRE(repository_.added_lines(commit, take(all)).ok());
        std::vector<sys::CommitFile> wanted;
        for (sys::CommitFile& file : test::value(sieve_.files_of(commit)))
            if (test::value(sieve_.look(file)).verdict == Sieve::Verdict::wanted) wanted.push_back(std::move(file));
        REQUIRE(sieve_.added_lines(commit, wanted, take(sieved)).ok());
        CHECK(sieved == all);
        files += wanted.size();
        return all;
    }
    std::size_t files = 0; // that were wanted

  private:
    sys::Repository repository_;
    gl::Detector detector_;
    Sieve sieve_;
};

const std::string leaked = sample("gh|p_SbXOIkDj8Q6xzR8t8JDvTNsLAbgZJ51A1HT7");

}

TEST_CASE("a token in changed lines is looked at, wherever it stands in them") {
    test::Sandbox box;
    std::string before, after;
    for (int i = 0; i < 30; ++i) before += "before " + std::to_string(i) + "\n";
    for (int i = 0; i < 30; ++i) after += "after " + std::to_string(i) + "\n";
    const auto text = [&](const std::string& middle) { return before + middle + after; };
    box.commit("f", text("x = 1\n"));
    const std::string second = box.commit("f", text("x = 1\ny = 2\nt = " + leaked + "\n"));
    const std::string in_midst = box.commit("f", text("x = 1\ny = 2\nt = " + leaked + "; // and more\n"));
    const std::string gone = box.commit("f", text("x = 1\n"));
    const std::string wide = box.commit("f", text("x = 1\r\nt = " + leaked + "\r\n"));
    const std::string beside = box.commit("f", text("x = 2\r\nt = " + leaked + "\r\n"));
    const std::string no_newline = box.commit("f", text("") + "t = " + leaked);
    const std::string newline = box.commit("f", text("") + "t = " + leaked + "\n");
    Looker looker(box);
    for (const std::string& commit : {second, in_midst, wide, no_newline, newline})
        CHECK(looker.look(commit).size() == 1);
    CHECK(looker.look(gone).empty());
    CHECK(looker.look(beside).empty());
}

TEST_CASE("one content is judged anew where another one stood before") {
    test::Sandbox box;
    std::string text = "t = " + leaked + "\n";
    for (int i = 0; i < 40; ++i) text += "line " + std::to_string(i) + "\n";
    box.commit("f", text);
    const std::string harmless = box.commit("f", text + "more\n");
    box.commit("f", "none\n");
    const std::string harmful = box.commit("f", text + "more\n");
    Looker looker(box);
    CHECK(looker.look(harmless).empty());
    CHECK(looker.files == 0);
    CHECK(looker.look(harmful).size() == 1);
}

TEST_CASE("archives, wide letters, large files and rules for certain files are wanted or looked at") {
    test::Sandbox box;
    std::string wide;
    for (const char c : "t = " + leaked) wide += std::string(1, c) + '\0';
    box.write("bytes", std::string("\0\x01\x02\xff\xfe", 5) + std::string(400, '\x01') + wide);
    box.write("a.zip", std::string("PK\x03\x04") + std::string(60, '\0'));
    box.write("app/.env", "MAIL_PASSWORD=Mailpass1234!\n");
    box.write("app/env.txt", "MAIL_PASSWORD=Mailpass1234!\n");
    box.write("clean", "nothing\n");
    const std::string id = box.commit("first");
    const sys::Repository repository = box.open();
    gl::Detector finder = detector();
    Sieve own(repository, finder, {}), of_text(repository, finder, {.bytes = false, .archives = false});
    std::map<std::string, std::pair<Sieve::Verdict, Sieve::Verdict>> verdicts;
    for (const sys::CommitFile& file : test::value(own.files_of(id)))
        verdicts[file.path] = {test::value(own.look(file)).verdict, test::value(of_text.look(file)).verdict};
    using enum scan::Verdict;
    CHECK(verdicts["bytes"].first == wanted);
    CHECK(verdicts["bytes"].second == binary);
    CHECK(verdicts["a.zip"] == std::pair(wanted, binary));
    CHECK(verdicts["app/.env"] == std::pair(wanted, wanted));
    CHECK(verdicts["clean"] == std::pair(clean, clean));
}

TEST_CASE("of bytes that change, all is looked at, wherever they change") {
    test::Sandbox box;
    const std::string bytes = std::string(400, '\x01') + std::string(1, '\0') + "\n" + leaked + "\nx\nx\nx\nx\n";
    box.commit("bytes", bytes + "one");
    const std::string second = box.commit("bytes", bytes + "two");
    Looker looker(box);
    CHECK(looker.look(second).size() == 1);
}

TEST_CASE("in a random history nothing is lost, and little is compared") {
    test::Sandbox box;
    std::mt19937 random(11);
    const auto pick = [&](std::size_t below) {
        return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
    };
    const std::vector<std::string> known = {"t = " + leaked,
                                            "",
                                            "password = \"Tr0ub4dor-horse-1x\"",
                                            "key: >-",
                                            "  Tr0ub4dor-horse-1x",
                                            "-----BEGIN " + std::string("RSA PRIVATE KEY-----")};
    std::vector<std::vector<std::string>> files(3, std::vector<std::string>(20, "line"));
    std::vector<std::string> commits;
    for (int i = 0; i < 40; ++i) {
        for (int edits = 0; edits < 3; ++edits) {
            auto& lines = files[pick(files.size())];
            const auto at = lines.begin() + static_cast<std::ptrdiff_t>(pick(lines.size()));
            if (pick(3) == 0 && lines.size() > 5)
                lines.erase(at);
            else
                lines.insert(at, pick(4) == 0 ? known[pick(known.size())] : "line " + std::to_string(pick(4)));
        }
        for (std::size_t f = 0; f < files.size(); ++f) {
            std::string text;
            for (const std::string& line : files[f]) text += line + "\n";
            box.write("f" + std::to_string(f), text);
        }
        commits.push_back(box.commit("edit"));
    }
    Looker looker(box);
    std::size_t found = 0;
    for (const std::string& commit : commits) found += looker.look(commit).size();
    CHECK(found > 5);
    CHECK(looker.files < 60);
}
