# One interface target that every target of ours links: warnings, sanitizers, the linker.
add_library(innkeeper_build INTERFACE)
target_compile_options(innkeeper_build INTERFACE
  -Wall -Wextra -Wno-missing-field-initializers
  # When it optimises, GCC 12 warns of its own std::string and std::optional (GCC bugs 105651, 105562).
  $<$<CONFIG:Release>:-Wno-restrict> $<$<CONFIG:Release>:-Wno-maybe-uninitialized> -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -Wswitch
  # A source that another one includes (cmake/unity.cmake) is no header, though GCC takes it for one.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>
  $<$<BOOL:${INNKEEPER_WERROR}>:-Werror>)
target_include_directories(innkeeper_build INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_definitions(innkeeper_build INTERFACE INNKEEPER_VERSION="${PROJECT_VERSION}")
if(INNKEEPER_SANITIZE)
  target_compile_options(innkeeper_build INTERFACE
    -fsanitize=${INNKEEPER_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(innkeeper_build INTERFACE -fsanitize=${INNKEEPER_SANITIZE})
  # A null pointer is caught by ASan when it is used, x86 doesn't mind alignment, and nothing here casts down a class:
  # these three check every access to a member, and cost nearly a third of the whole compile time.
  if(INNKEEPER_SANITIZE MATCHES "undefined")
    target_compile_options(innkeeper_build INTERFACE -fno-sanitize=null,alignment,vptr)
  endif()
endif()

find_program(INNKEEPER_MOLD mold)
if(INNKEEPER_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_link_options(innkeeper_build INTERFACE -fuse-ld=mold)
endif()
find_program(INNKEEPER_CCACHE ccache)
if(INNKEEPER_CCACHE)
  # The same wherever the tree lies, and precompiled headers too, which it leaves alone unless it may be sloppy with them.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros ${INNKEEPER_CCACHE})
  if(INNKEEPER_PRECOMPILE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(innkeeper_build INTERFACE -fpch-preprocess)
  endif()
endif()
