// Formatting of XML, JavaScript and SCSS: the settings of the OCA template for 19.0.
// dev/lint and dev/format run it with NODE_PATH set to the cache folder's Node tools.
module.exports = {
    plugins: [require.resolve("@prettier/plugin-xml")],
    bracketSpacing: false,
    printWidth: 88,
    tabWidth: 4,
    trailingComma: "es5",
    xmlWhitespaceSensitivity: "preserve",
};
