using System.IO.Compression;
using Beam.AspNetCore.Forms;

namespace Beam.AspNetCore.Tests.Bundles;

/// <summary>Numbers that do not fit into 32 bits, in files that are holes for the most part.</summary>
public sealed class ZipFormatTests
{
    private const long Large = 5L * 1024 * 1024 * 1024;

    private static readonly DateTimeOffset At = new(2026, 11, 22, 10, 30, 8, TimeSpan.Zero);

    [Fact]
    public async Task Zip_IsReadable_BeyondFourGigabytes()
    {
        using var folder = new TempFolder();
        await using (var file = File.Create(folder["large.zip"]))
        {
            List<ZipEntry> entries = [];
            foreach (var (name, length) in new[] { ("first", Large), ("second", 3L) })
            {
                var entry = new ZipEntry(name, file.Position, isCompressed: false);
                entries.Add(entry);
                file.Write(ZipFormat.Header(entry, At));
                entry.Skip(length);
                entry.StoredLength = length;
                file.Seek(length, SeekOrigin.Current);
                file.Write(ZipFormat.Descriptor(entry));
            }

            file.Write(ZipFormat.End(entries, file.Position, At));
        }

        await using var zip = await ZipFile.OpenReadAsync(folder["large.zip"]);
        Assert.Equal([("first", Large), ("second", 3L)], zip.Entries.Select(static entry => (entry.FullName, entry.Length)));
        Assert.Equal(At.DateTime, zip.Entries[1].LastWriteTime.DateTime);
        await using var second = await zip.Entries[1].OpenAsync();
        Assert.Equal(3, await second.ReadAtLeastAsync(new byte[8], 8, throwOnEndOfStream: false));

        Assert.SkipUnless(ClientProcess.IsAvailable("python3"), "python3 is not installed");
        await using var python = ClientProcess.Start("python3", "-m", "zipfile", "-l", folder["large.zip"]);
        Assert.True(await python.WaitAsync() == 0, python.Describe());
        Assert.Contains($"{Large}", python.OutputText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0x00000000u)]
    [InlineData("123456789", 0xCBF43926u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void Crc_IsThatOfTheStandard_HoweverItIsCut(string text, uint crc)
    {
        var bytes = System.Text.Encoding.ASCII.GetBytes(text);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(crc, Crc32.Append(Crc32.Append(0, bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
        }
    }
}
