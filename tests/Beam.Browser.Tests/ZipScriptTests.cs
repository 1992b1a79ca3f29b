using System.IO.Compression;
using System.Text.Json;
using Beam.Browser.Tests.Support;

namespace Beam.Browser.Tests;

/// <summary>The zip that a page makes, where numbers do not fit into 32 bits: of a file that is a hole for the most part.</summary>
public sealed class ZipScriptTests(Chromium chromium) : PageTests(chromium)
{
    private const long Large = 5L * 1024 * 1024 * 1024;

    private const string Make = """
        async ([url, large]) => {
          const { Zip } = await import(url);
          const hole = { size: large, lastModified: 0, stream: () => new Blob([]).stream(), slice: () => new Blob([]) };
          const zip = new Zip([{ path: 'first', file: hole }, { path: 'sécond', file: new File(['abc'], 'sécond') }]);
          const read = async (from, to) => [...new Uint8Array(await (await zip.slice(from, to)).arrayBuffer())];
          const dataAt = 30 + 5 + 20;
          return { size: zip.size, head: await read(0, dataAt), tailAt: dataAt + large, tail: await read(dataAt + large, zip.size) };
        }
        """;

    [Fact]
    public async Task Zip_IsReadable_BeyondFourGigabytes()
    {
        var server = await StartServerAsync();
        var page = await OpenAsync(server.Url(""));
        var made = await page.EvaluateAsync<JsonElement>(Make, new object[] { server.Url("-/x/zip.js"), Large });
        var folder = NewFolder();
        await using (var file = File.Create(folder["large.zip"]))
        {
            file.Write(BytesOf(made, "head"));
            file.Position = made.GetProperty("tailAt").GetInt64();
            file.Write(BytesOf(made, "tail"));
            Assert.Equal(made.GetProperty("size").GetInt64(), file.Length);
        }

        await using var zip = await ZipFile.OpenReadAsync(folder["large.zip"]);
        Assert.Equal([("first", Large), ("sécond", 3L)], zip.Entries.Select(static entry => (entry.FullName, entry.Length)));
        using var reader = new StreamReader(await zip.Entries[1].OpenAsync());
        Assert.Equal("abc", await reader.ReadToEndAsync());
    }

    private static byte[] BytesOf(JsonElement made, string name)
        => [.. made.GetProperty(name).EnumerateArray().Select(static value => value.GetByte())];
}
