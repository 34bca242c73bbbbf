# innkeeper_precompile(TARGET [tests]): its sources find the standard library's, {fmt}'s and the JSON library's headers
# parsed already, those of the tests GoogleTest's too: between a third and a tenth of their time where little is
# optimised, so it is for the preset dev. One such header for all that shares its flags. Sources still say what they
# include: the other presets and clang-tidy compile without it.
option(INNKEEPER_PRECOMPILE "parse the headers that nearly every source includes once" OFF)

set(innkeeper_common_headers
  <algorithm> <chrono> <filesystem> <functional> <map> <memory> <mutex> <optional> <set> <string> <string_view> <thread>
  <variant> <vector> <fmt/format.h> <nlohmann/json.hpp>)

function(innkeeper_add_precompiled name)
  file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/${name}.cc "")
  add_library(${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cc)
  target_link_libraries(${name} PRIVATE innkeeper_build fmt::fmt nlohmann_json::nlohmann_json Threads::Threads ${ARGN})
endfunction()

function(innkeeper_precompile target)
  if(NOT INNKEEPER_PRECOMPILE)
    return()
  endif()
  if("tests" IN_LIST ARGN)
    if(NOT TARGET precompiled_tests)
      innkeeper_add_precompiled(precompiled_tests GTest::gtest GTest::gmock)
      target_precompile_headers(precompiled_tests PRIVATE ${innkeeper_common_headers} <gmock/gmock.h> <gtest/gtest.h>)
    endif()
    target_precompile_headers(${target} REUSE_FROM precompiled_tests)
  else()
    if(NOT TARGET precompiled)
      innkeeper_add_precompiled(precompiled)
      target_precompile_headers(precompiled PRIVATE ${innkeeper_common_headers})
    endif()
    target_precompile_headers(${target} REUSE_FROM precompiled)
  endif()
endfunction()
