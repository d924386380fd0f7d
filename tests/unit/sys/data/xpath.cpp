#include "sys/data/xpath.h"
#include "support/catch.h"
#include "sys/data/xml.h"
#include "sys/files/files.h"
#include <chrono>
#include <cmath>
#include <fstream>
#include <thread>
#include <vector>

using namespace fairlead;
using namespace fairlead::sys;

namespace {

// The value in words, else the kind of the error and its message.
std::string xpath_of(Markup markup, std::string_view text, std::string_view expression) {
    const auto found = evaluate_xpath(text, markup, expression);
    if (!found.ok())
        return (found.error().kind == Kind::usage ? "usage: "
                : found.error().kind == Kind::no  ? "no: "
                                                  : "could not: ") +
               found.error().message;
    struct InWords {
        std::string operator()(double number) const {
            return std::isnan(number)             ? "NaN"
                   : number == std::floor(number) ? std::to_string(std::lround(number))
                                                  : "?";
        }
        std::string operator()(bool yes) const { return yes ? "true" : "false"; }
        std::string operator()(const std::string& string) const { return "'" + string + "'"; }
        std::string operator()(XPathNodes nodes) const { return "nodes " + std::to_string(nodes.size); }
    };
    return std::visit(InWords{}, found.value());
}
std::string in_html(std::string_view text, std::string_view expression) {
    return xpath_of(Markup::html, text, expression);
}
std::string in_xml(std::string_view text, std::string_view expression) {
    return xpath_of(Markup::xml, text, expression);
}

std::string copies(std::string_view text, std::size_t times) {
    std::string all;
    for (; times > 0; --times) all += text;
    return all;
}

constexpr const char* unclosed_page =
    "<!DOCTYPE html>\n<html><head><meta charset=utf-8><title>Fruit &amp; more</title>\n"
    "<script>if (a<b && c) document.write('<li>no');</script>\n"
    "<body><ul id=list><li>apple<li class='big ripe'>banana<li>cherry</ul>"
    "<p>one<br>two<p>three<a href=/x?a=1&b=2>x</a>";
constexpr const char* feed = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                             "<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:m=\"urn:media\">"
                             "<title>News</title><entry><title>A</title><m:size>3</m:size></entry>"
                             "<entry><title>B</title><x:tag xmlns:x=\"urn:x\" m:kind=\"k\"/></entry></feed>";

}

TEST_CASE("XPath gives numbers, booleans, strings and the size of node sets") {
    CHECK(in_html(unclosed_page, "count(//li)") == "3");
    CHECK(in_html(unclosed_page, "//li") == "nodes 3");
    CHECK(in_html(unclosed_page, "//table") == "nodes 0");
    CHECK(in_html(unclosed_page, "//li[2]/@class") == "nodes 1");
    CHECK(in_html(unclosed_page, "string(//head/title)") == "'Fruit & more'");
    CHECK(in_html(unclosed_page, "normalize-space(//p[1])") == "'onetwo'");
    CHECK(in_html(unclosed_page, "string(//a/@href)") == "'/x?a=1&b=2'");
    CHECK(in_html(unclosed_page, "contains(//li[2]/@class, 'ripe')") == "true");
    CHECK(in_html(unclosed_page, "boolean(//table)") == "false");
    CHECK(in_html(unclosed_page, "number(//title)") == "NaN");
    CHECK(in_html(unclosed_page, "html/body/ul/li") == "nodes 3"); // at the document
    CHECK(in_html("<data>caf\u00e9</data>", "normalize-space(//data)") == "'caf\u00e9'");
    CHECK(in_xml("<food><banana price='1'/><apple/></food>", "count(/food/*) + /food/banana/@price") == "3");
    CHECK(in_xml("\xEF\xBB\xBF<?xml version='1.0'?><a/>", "name(/*)") == "'a'");
    CHECK(in_xml("<a>x<![CDATA[<b>]]></a>", "string(a)") == "'x<b>'");
}

TEST_CASE("text is UTF-8 for XPath, whatever the document declares") {
    for (const std::string declared : {"gb2312", "ISO-8859-1", "UTF-16", "unknown-8"}) {
        INFO(declared);
        CHECK(in_html("<meta charset=" + declared + "><body>\u4f60\u597d", "string(//body)") == "'\u4f60\u597d'");
        CHECK(in_xml("<?xml version='1.0' encoding='" + declared + "'?><a>\u4f60\u597d</a>", "string(a)") ==
              "'\u4f60\u597d'");
    }
    CHECK(in_html("<body>caf\u00e9", "contains(//body, '\u00e9')") == "true");
}

TEST_CASE("XPath knows the document's prefixes, and its default namespace as _") {
    CHECK(in_xml(feed, "count(//_:entry)") == "2");
    CHECK(in_xml(feed, "count(//entry)") == "0");
    CHECK(in_xml(feed, "string(//_:entry[2]/_:title)") == "'B'");
    CHECK(in_xml(feed, "string(/_:feed/_:entry/m:size)") == "'3'");
    CHECK(in_xml(feed, "//x:tag[@m:kind='k']") == "nodes 1"); // declared inside
    CHECK(in_xml("<a xmlns:p='urn:1'><b xmlns:p='urn:2'><p:c/></b><p:d/></a>", "concat(count(//p:c), count(//p:d))") ==
          "'01'");
    CHECK(test::has(in_xml(feed, "//none:entry"),
                    "usage: invalid XPath expression \"//none:entry\": Undefined namespace prefix"));
}

TEST_CASE("an invalid XPath expression is told apart from a bad document") {
    for (const std::string wrong : {"//", "", "^^^", "//li)", "//li[", "1 2", "'open", "$name", "strong(//head/title)",
                                    "document('x')", "count()", "count('a')", "last()"}) {
        const auto found = evaluate_xpath(unclosed_page, Markup::html, wrong);
        INFO(wrong);
        REQUIRE_FALSE(found.ok());
        CHECK(found.error().kind == Kind::usage);
        CHECK(test::has(found.error().message, "invalid XPath expression \"" + wrong + "\": "));
    }
    CHECK(test::has(in_html("<p>", "strong(//head/title)"),
                    "usage: invalid XPath expression \"strong(//head/title)\": Unregistered function"));
    CHECK(evaluate_xpath("<a/>", Markup::xml, std::string_view("/a\0", 3)).error().kind == Kind::usage);
    const auto deep = evaluate_xpath("<a/>", Markup::xml, copies("(", 100000) + "1" + copies(")", 100000));
    REQUIRE_FALSE(deep.ok());
    CHECK(deep.error().kind == Kind::usage);
    CHECK(deep.error().message.size() < 400);

    CHECK(in_xml("<a>\n <b></a>", "1") ==
          "no: the document is not XML: line 2, column 9: Opening and ending tag mismatch: b line 2 and a");
    CHECK(in_xml("??", "//") == "no: the document is not XML: line 1, column 1: Start tag expected, '<' not found");
    for (const std::string broken : {"<a/><b/>", "<a>&nbsp;</a>", "<a b=1/>", "<!-- only -->", "{\"a\": 1}"})
        CHECK(test::has(in_xml(broken, "//a"), "no: the document is not XML: "));
    for (const std::string empty : {"", " \n", "\xEF\xBB\xBF"}) {
        CHECK(in_html(empty, "//a") == "no: the document is empty");
        CHECK(in_xml(empty, "//a") == "no: the document is empty");
    }
    CHECK(in_html("<!-- only -->", "//a") == "no: the document is empty");
    CHECK(in_html(std::string("<p>\0<p>", 7), "//p") ==
          "no: the document has a NUL byte"); // what is behind would be lost
}

TEST_CASE("XPath reads nothing but the document") {
    const auto folder = TemporaryFolder::make("xpath").value();
    const auto secret = folder.path().string() + "/secret.txt", dtd = folder.path().string() + "/secret.dtd";
    std::ofstream(secret) << "hidden words";
    std::ofstream(dtd) << "<!ENTITY e 'hidden words'><!ATTLIST a given CDATA 'hidden words'>";
    const std::string entity = "<!DOCTYPE a [<!ENTITY e SYSTEM 'file://" + secret + "'>]><a>before&e;after</a>";
    CHECK(in_xml(entity, "string(/a)") == "'beforeafter'");
    CHECK(in_xml("<!DOCTYPE a SYSTEM '" + dtd + "'><a>x&e;</a>", "concat(/a, /a/@given)") == "'x'");
    CHECK(in_xml("<!DOCTYPE a [<!ENTITY % p SYSTEM '" + dtd + "'>%p;]><a>x</a>", "concat(/a, /a/@given)") == "'x'");
    CHECK(in_xml("<a xmlns:i='http://www.w3.org/2001/XInclude'><i:include parse='text' href='" + secret + "'/></a>",
                 "string(/a)") == "''");
    CHECK(in_xml("<!DOCTYPE a [<!ENTITY e SYSTEM '" + secret + "'>]><a b='&e;'/>", "string(/a/@b)").substr(0, 3) ==
          "no:");
    CHECK(in_html(entity, "contains(/, 'hidden words')") == "false");
}

TEST_CASE("entities of a document are refused where they grow") {
    CHECK(in_xml("<!DOCTYPE a [<!ENTITY e 'yes'>]><a b='&e;'>1&e;2&amp;</a>", "concat(/a, /a/@b)") == "'1yes2&yes'");
    std::string laughs = "<!DOCTYPE a [<!ENTITY e0 'ha'>";
    for (int level = 1; level < 12; ++level)
        laughs +=
            "<!ENTITY e" + std::to_string(level) + " '" + copies("&e" + std::to_string(level - 1) + ";", 10) + "'>";
    const auto begin = std::chrono::steady_clock::now();
    for (const std::string use : {"<a>&e11;</a>", "<a b='&e11;'/>", "<a>&e3;</a>", "<a/>"})
        CHECK(in_xml(laughs + "]>" + use, "string-length(/a)").substr(0, 3) == "no:");
    // libxml2 before 2.12 doesn't count this while it reads: XPath would copy 20 GB.
    CHECK(in_xml("<!DOCTYPE a [<!ENTITY e '" + copies("x", 100000) + "'>]><a>" + copies("&e;", 200000) + "</a>",
                 "string-length(/a)")
              .substr(0, 3) == "no:");
    // Judged by the longest entity and all references, of whatever entity.
    CHECK(in_xml("<!DOCTYPE a [<!ENTITY e '" + copies("x", 1000) + "'>]><a>" + copies("&amp;", 20000) + "</a>", "1") ==
          "no: the entities of the document may expand to more than 16 MiB, which is the limit");
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
}

TEST_CASE("documents beyond a limit of XPath are refused, not crashed on or cut") {
    const std::string too_deep = "no: the document is nested deeper than 250, which is the limit";
    CHECK(in_xml(copies("<a>", 250) + copies("</a>", 250), "count(//a)") == "250");
    CHECK(in_xml(copies("<a>", 251) + copies("</a>", 251), "count(//a)") == too_deep);
    CHECK(in_xml(copies("<a>", 300000), "count(//a)") == too_deep);
    CHECK(in_html(copies("<div>", 248), "count(//div)") == "248"); // in html and body
    CHECK(in_html(copies("<div>", 249), "count(//div)") == too_deep);
    CHECK(in_html(copies("<div>", 300000), "count(//div)") == too_deep);
    CHECK(in_html(copies("<p>", 3000), "count(//p)") == "3000");
    CHECK(in_xml("<a>" + copies("x", longest_xpath_document) + "</a>", "1") ==
          "no: the document has 8388615 bytes; XPath is evaluated on at most 8 MiB");
    CHECK(in_xml("<a>" + copies("x", longest_xpath_document - 7) + "</a>", "string-length(/a)") == "8388601");

    const auto tag = [](std::size_t attributes, const std::string& name) {
        std::string text = "<a";
        for (std::size_t at = 0; at < attributes; ++at) text += name + std::to_string(at) + "='x > y'";
        return text + "></a>";
    };
    const std::string crowded = "no: a tag of the document has more than 500 attributes, which is the limit";
    for (const auto markup : {Markup::html, Markup::xml}) {
        CHECK(xpath_of(markup, tag(500, " n"), "count(//a/@*)") == "500");
        CHECK(xpath_of(markup, tag(501, " n"), "count(//a/@*)") == crowded);
    }
    for (const std::string before :
         {"<p a=b=' ", "<p \"a=' ", "<p/x=' ", "<!-- --!>", "<script/>", "<script></p>", "</x '"})
        CHECK(in_html(before + "<p>" + tag(501, " n"), "1") == crowded);
    for (const std::string before : {"<!-- ", "<script> i<n ", "<STYLE>", "<p a='"}) // what only looks like a tag
        CHECK(in_html("<p>" + before + "<b" + copies(" word", 600), "//p").substr(0, 5) == "nodes");
    CHECK(in_xml("<![CDATA[<a" + copies(" word", 600) + "]]>", "1").substr(0, 27) == "no: the document is not XML");
    CHECK(in_xml("<a><![CDATA[<a" + copies(" word", 600) + "]]></a>", "count(//a)") == "1");
    std::string beside, within;
    for (const std::string name : {" xmlns:p", " xmlns:q", " xmlns:r"}) {
        beside += tag(200, name);
        within += tag(200, name).substr(0, tag(200, name).size() - 4); // stays open
    }
    CHECK(in_xml("<r>" + beside + "</r>", "count(//a)") == "3");
    CHECK(in_xml(within + copies("</a>", 3), "1") ==
          "no: an element of the document has more than 500 prefixes of namespaces in force, which is the limit");
}

TEST_CASE("an XPath expression that takes too many steps ends") {
    const auto found = in_xml("<a>" + copies("<b>x</b>", 20000) + "</a>", "count(//b[count(//b) > 3])");
    CHECK(found.substr(0, 20) == "no: XPath expression");
    CHECK(test::has(found, "takes more than 100000000 steps on this document"));
}

TEST_CASE("several threads evaluate XPath at once") {
    std::vector<std::string> found(8);
    std::vector<std::thread> threads;
    for (std::size_t at = 0; at < found.size(); ++at)
        threads.emplace_back([&, at] {
            for (int again = 0; again < 200; ++again)
                found[at] = at % 4 == 0   ? in_html(unclosed_page, "count(//li)")
                            : at % 4 == 1 ? in_xml(feed, "count(//_:entry)")
                            : at % 4 == 2 ? in_xml("<a><b></a>", "1")
                                          : in_html(copies("<b>", 300), "wrong(");
        });
    for (auto& thread : threads) thread.join();
    for (std::size_t at = 0; at < found.size(); at += 4) {
        CHECK(found[at] == "3");
        CHECK(found[at + 1] == "2");
        CHECK(test::has(found[at + 2], "Opening and ending tag mismatch: b line 1 and a"));
        CHECK(test::has(found[at + 3], "nested deeper than 250"));
    }
}

TEST_CASE("where the root element of XML ends") {
    const std::string rest = "\n\nHTTP 200\n[Asserts]\nxpath \"//a\" exists </a> & <b \xff";
    for (const std::string document :
         {"<a/>", "<a></a>", "<a><a/></a >", "<?xml version=\"1.0\"?>\n<a b='>'>caf\u00e9 {{x}}</a>",
          "<!-- </a> --><a><!-- </a> --><![CDATA[</a>]]></a>", "<!DOCTYPE a [<!ENTITY e '<b/>'>]><a>&e;&e;</a>",
          "<?xml version='1.0' encoding='UTF-16'?><a>\u4f60</a>", "<s:a xmlns:s='urn:s'><s:b/></s:a>", "<u:a/>"}) {
        INFO(document);
        CHECK(end_of_xml(document).value_or(0) == document.size());
        CHECK(end_of_xml(document + rest).value_or(0) == document.size());
    }
    std::string laughs = "<!DOCTYPE a [<!ENTITY e0 'ha'>";
    for (int level = 1; level < 12; ++level)
        laughs +=
            "<!ENTITY e" + std::to_string(level) + " '" + copies("&e" + std::to_string(level - 1) + ";", 10) + "'>";
    CHECK(end_of_xml(laughs + "]><a>&e11;</a>").ok()); // which aren't expanded
    CHECK_FALSE(end_of_xml(laughs + "]><a b='&e11;'/>").ok());
}

TEST_CASE("what is wrong with XML is told with its place") {
    const auto wrong = [](const std::string& text) {
        const auto end = end_of_xml(text);
        if (end.ok()) return "ends at " + std::to_string(end.value());
        CHECK(end.error().kind == Kind::no);
        return std::to_string(end.error().place.line) + ":" + std::to_string(end.error().place.column) + " " +
               end.error().message;
    };
    CHECK(wrong("<a>\n <b></a>") == "2:7 mismatched tag");
    CHECK(wrong("<a>\u00e9\u00e9<b c=d></b></a>") == "1:11 not well-formed (invalid token)");
    CHECK(wrong("<a>\n<b>") == "2:4 it ends before its first element is closed");
    CHECK(wrong("") == "1:1 it ends before its first element is closed");
    CHECK(wrong("<a>&nbsp;</a>") == "1:4 undefined entity");
    CHECK(wrong("text") == "1:1 syntax error");
    CHECK(wrong(copies("<a>", deepest_xml) + copies("</a>", deepest_xml)) == "ends at 7000");
    CHECK(wrong(copies("<a>", deepest_xml + 1)) == "1:3001 it is nested deeper than 1000, which is the limit");
    CHECK(wrong("<a>" + copies("x", longest_xpath_document)).find("it is longer than 8 MiB") != std::string::npos);
}
