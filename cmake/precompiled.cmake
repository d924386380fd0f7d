# The headers that most sources include, parsed once: a third less time to compile. Sources still name what they use;
# the preset `tidy` compiles without (CMAKE_DISABLE_PRECOMPILE_HEADERS), so what is missing shows there.
set(PRECOMPILED <algorithm> <chrono> <filesystem> <fmt/format.h> <functional> <map> <memory> <optional> <set> <span>
    <string> <string_view> <variant> <vector>)
add_compile_options(-pthread) # of the libraries behind sys; all sources must be compiled alike
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  add_compile_options(-fpch-preprocess)  # so that ccache sees what was precompiled
  # GCC 12 takes a precompiled <string> for our own, and complains wrongly.
  add_compile_options(-Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
else()
  add_compile_options("SHELL:-Xclang -fno-pch-timestamp") # for ccache
endif()
