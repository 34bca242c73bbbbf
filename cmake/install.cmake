# cmake --install: the program, and the library as find_package(innkeeper) finds it. All of our static libraries go into
# one archive, so that nothing of how we are divided shows, or can be linked in a wrong order.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

add_library(innkeeper_archive STATIC)
foreach(part IN ITEMS core migration pg exec library)
  target_sources(innkeeper_archive PRIVATE $<TARGET_OBJECTS:innkeeper_${part}>)
endforeach()
set_target_properties(innkeeper_archive PROPERTIES
  OUTPUT_NAME innkeeper LINKER_LANGUAGE CXX ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)

set(package_directory ${CMAKE_INSTALL_LIBDIR}/cmake/innkeeper)
configure_package_config_file(cmake/innkeeperConfig.cmake.in ${CMAKE_BINARY_DIR}/innkeeperConfig.cmake
  INSTALL_DESTINATION ${package_directory} PATH_VARS CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/innkeeperConfigVersion.cmake COMPATIBILITY SameMinorVersion)

install(TARGETS innkeeper RUNTIME)
install(TARGETS innkeeper_archive ARCHIVE)
install(DIRECTORY include/ TYPE INCLUDE)
install(FILES ${CMAKE_BINARY_DIR}/innkeeperConfig.cmake ${CMAKE_BINARY_DIR}/innkeeperConfigVersion.cmake
  DESTINATION ${package_directory})
install(FILES LICENSE TYPE DOC)
