#include "smoke/probes/page_assets.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::smoke;

namespace {

// "https://app.example.org/a.js script": a line each.
std::string named_by(const std::string& html, const std::string& url = "https://app.example.org/shop/") {
    std::string all;
    for (const auto& asset : assets_of(html, url))
        all += (all.empty() ? "" : "\n") + asset.url + " " + std::string(name_of(asset.kind));
    return all;
}

std::string type_told(AssetKind kind, const std::string& type, const std::string& nosniff = "") {
    read::served::Answer answer;
    if (!type.empty()) answer.headers.emplace_back("content-type", type);
    if (!nosniff.empty()) answer.headers.emplace_back("X-Content-Type-Options", nosniff);
    return type_fault(kind, answer);
}

}

TEST_CASE("what a browser loads for a page") {
    CHECK(named_by("<script src=/a.js></script><SCRIPT SRC='b.js' type=module></SCRIPT>") ==
          "https://app.example.org/a.js script\nhttps://app.example.org/shop/b.js module");
    CHECK(
        named_by("<script type='application/ld+json' src=/x></script><script type=importmap src=/y></script>").empty());
    CHECK(named_by("<link rel='Stylesheet' href=../s.css?v=1&amp;w=2><link rel='alternate stylesheet' href=/no.css>"
                   "<link rel=canonical href=/no><link rel=stylesheet href=/no.css disabled>") ==
          "https://app.example.org/s.css?v=1&w=2 style sheet");
    CHECK(named_by(
              "<link rel='shortcut icon' href=/f.ico><link rel=manifest href=/m.json><link rel=modulepreload "
              "href=/m.js><link rel=preload as=font href=/f.woff2><link rel=preload as=image imagesrcset='/i1 1x'>") ==
          "https://app.example.org/f.ico picture\nhttps://app.example.org/m.json manifest\n"
          "https://app.example.org/m.js module\nhttps://app.example.org/f.woff2 font\n"
          "https://app.example.org/i1 picture");
    CHECK(named_by(
              "<link rel=prefetch href=/js/chunk.js><link rel=prefetch href=/about><link rel=prefetch href=/s.css?v=1>"
              "<link rel=prefetch as=script href=/chunk><link rel='dns-prefetch' href=//other.test/x.js>") ==
          "https://app.example.org/js/chunk.js script\nhttps://app.example.org/s.css?v=1 style sheet\n"
          "https://app.example.org/chunk script");
    CHECK(named_by("<img src=/i.png srcset='/i2.png 2x, /i3.png 3x'><picture><source srcset=/i4.webp></picture>") ==
          "https://app.example.org/i.png picture\nhttps://app.example.org/i2.png picture\n"
          "https://app.example.org/i3.png picture\nhttps://app.example.org/i4.webp picture");
    CHECK(named_by("<video poster=/p.jpg src=/v.mp4></video><audio><source src=/a.ogg></audio>") ==
          "https://app.example.org/v.mp4 media\nhttps://app.example.org/p.jpg picture\nhttps://app.example.org/a.ogg "
          "media");
    CHECK(named_by("<style>@import 'i.css'; a{background:url( \"/b.png\" )}/* url(/no.png) */</style>") ==
          "https://app.example.org/shop/i.css file\nhttps://app.example.org/b.png file");
}

TEST_CASE("what a page doesn't load is left out") {
    CHECK(named_by("<!-- <img src=/no> --><template><img src=/no></template><a href=/no>").empty());
    CHECK(named_by("<script>var t = '<img src=/no>'</script><title><img src=/no></title>").empty());
    CHECK(named_by("<img src='data:image/png;base64,AA'><img src='blob:x'><img src=''><img src=#a>").empty());
    CHECK(named_by("<img src=/a.png><img src='/a.png#x'>") == "https://app.example.org/a.png picture");
    CHECK(named_by("<template>").empty());
}

TEST_CASE("the base of a page counts, and so do references of characters") {
    CHECK(named_by("<base href=https://cdn.example.org/v2/><img src=a.png>") ==
          "https://cdn.example.org/v2/a.png picture");
    CHECK(named_by("<base href=/x/><base href=/y/><img src=a.png>") == "https://app.example.org/x/a.png picture");
    CHECK(named_by("<img src='/a?b=1&copy=2&#38;c'>") == "https://app.example.org/a?b=1&copy=2&c picture");
    CHECK(named_by("<img src='  /a b\n.png '>") == "https://app.example.org/a%20b.png picture");
}

TEST_CASE("any bytes are read in linear time") {
    for (const std::string piece : {"<", "<img src=", "<a b ", "<!--", "<script>", "url(", "<style>", "&", "<img a=1 ",
                                    "</script", "<img srcset='a,a,", "<template>"}) {
        std::string long_page;
        while (long_page.size() < (1u << 20)) long_page += piece;
        CHECK(assets_of(long_page, "https://app.example.org/").size() <= 10'000);
    }
    CHECK(assets_of(std::string("\0<img src=/a>\xFF", 14), "https://app.example.org/").size() == 1);
}

TEST_CASE("the type of a file must be one that browsers take") {
    CHECK(type_told(AssetKind::script, "text/html; charset=utf-8") ==
          "comes as text/html: it is a page, perhaps the one that an application serves for each unknown path");
    CHECK(type_told(AssetKind::script, "text/javascript; charset=utf-8").empty());
    CHECK(type_told(AssetKind::script, "application/json") == "comes as application/json, expected text/javascript");
    CHECK(type_told(AssetKind::script, "text/plain").empty()); // browsers guess
    CHECK(type_told(AssetKind::script, "text/plain", "nosniff") == "comes as text/plain, expected text/javascript");
    CHECK(type_told(AssetKind::module, "text/plain") == "comes as text/plain, expected text/javascript");
    CHECK(type_told(AssetKind::module, "") == "comes without Content-Type, expected text/javascript");
    CHECK(type_told(AssetKind::style, "text/css").empty());
    CHECK(type_told(AssetKind::style, "text/plain") == "comes as text/plain, expected text/css");
    CHECK(type_told(AssetKind::style, "").empty());
    CHECK(type_told(AssetKind::picture, "image/svg+xml").empty());
    CHECK(type_told(AssetKind::picture, "application/json") == "comes as application/json, expected a picture");
    CHECK(type_told(AssetKind::picture, "text/plain").empty()); // browsers look at its bytes
    CHECK(type_told(AssetKind::picture, "text/plain", "nosniff") == "comes as text/plain, expected a picture");
    CHECK(type_told(AssetKind::font, "font/woff2").empty());
    CHECK(type_told(AssetKind::font, "text/css") == "comes as text/css, expected a font");
    CHECK(type_told(AssetKind::manifest, "application/manifest+json").empty());
    CHECK(type_told(AssetKind::other, "application/octet-stream").empty());
}
