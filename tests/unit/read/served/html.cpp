#include "read/served/html.h"
#include "support/catch.h"

using namespace fairlead::read::served;

namespace {

// "img src=/a alt=; /p": the tags and their attributes.
std::string tags_of(std::string_view html) {
    std::string all;
    Tags tags(html);
    while (const auto tag = tags.next()) {
        all += (all.empty() ? "" : "; ") + tag->name;
        for (const auto& [name, value] : tag->attributes) all += " " + name + "=" + value;
    }
    return all;
}

using Addresses = std::vector<std::string>;

}

TEST_CASE("tags are read as browsers do") {
    CHECK(tags_of("<IMG Src='/A' alt=\"x > y\" hidden>") == "img src=/A alt=x > y hidden=");
    CHECK(tags_of("<img src=/a/><br/><p\nclass = b>") == "img src=/a/; br; p class=b");
    CHECK(tags_of("<img src=1 src=2>") == "img src=1");
    CHECK(tags_of("<p>a</p >") == "p; /p");
    CHECK(tags_of("<!-- <a> --><!doctype html><?php <b> ?><i>") == "i");
    CHECK(tags_of("<!--><a><!---><b>") == "a; b");
    CHECK(tags_of("a < b <3 </ 4> <>").empty());
    CHECK(tags_of("<script>if (a</b) '<i>'</SCRIPT ><u>") == "script; /script; u");
    CHECK(tags_of("<title><i></title><textarea><b></textareas></textarea>") == "title; /title; textarea; /textarea");
    for (const auto* torn :
         {"<", "<a", "<a b", "<a b=", "<a b='", "<a b='c'", "</a", "<!--", "<!", "<script", "<script a"})
        CHECK(tags_of(torn).empty());
    CHECK(tags_of("<script>") == "script");
}

TEST_CASE("the text of a style sheet is that up to its end") {
    Tags tags("<style>a{}</style>b");
    const auto style = tags.next();
    REQUIRE(style);
    CHECK(style->text == "a{}");
    CHECK(tags.next()->name == "/style");
    CHECK_FALSE(tags.next());
}

TEST_CASE("a tag has no more attributes than anybody writes") {
    std::string html = "<a";
    for (int i = 0; i < 100'000; ++i) html += " b" + std::to_string(i);
    html += "><i>";
    Tags tags(html);
    CHECK(tags.next()->attributes.size() == 100);
    CHECK(tags.next()->name == "i");
}

TEST_CASE("the addresses of a srcset and of a style sheet") {
    CHECK(srcset_urls("a.png, b.png 2x,c.png 3x") == Addresses{"a.png", "b.png", "c.png"});
    CHECK(srcset_urls(" ,a,b 100w , ") == Addresses{"a,b"}); // a comma within is part of it
    CHECK(srcset_urls("data:image/png;base64,AA 1x, b") == Addresses{"data:image/png;base64,AA", "b"});
    CHECK(srcset_urls("a (x,y) , b") == Addresses{"a", "b"});
    CHECK(srcset_urls("").empty());
    CHECK(css_urls("a{b:url(x.png)}c{d:URL( 'y z.png' )}") == Addresses{"x.png", "y z.png"});
    CHECK(css_urls("@import \"a.css\" print; @import url(b.css);@import url('c.css')") ==
          Addresses{"a.css", "b.css", "c.css"});
    CHECK(css_urls("/* url(no) */ url(a)/* url(no)").size() == 1);
    CHECK(css_urls("url(").empty());
    CHECK(css_urls("@import 'a").empty());
}
