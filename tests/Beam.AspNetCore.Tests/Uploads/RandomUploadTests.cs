using System.Globalization;
using System.Net;
using Beam.AspNetCore.Tests.Servers;

namespace Beam.AspNetCore.Tests.Uploads;

/// <summary>Whatever happens to its sender, and in whatever pieces the file comes, the receiver gets the file, once and whole.</summary>
public sealed class RandomUploadTests : UploadTests
{
    private const int Length = 2_000_000;

    private static readonly byte[] Bytes = TestBytes.Create(27, Length);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [Trait("Rule", "P1")]
    [Trait("Rule", "P23")]
    [Trait("Rule", "P24")]
    public async Task File_IsWhole_AfterAnySequenceOfDeathsAndPieces(int seed)
    {
        var random = new Random(seed);
        var server = await StartResumableServerAsync(static options => options.WindowBytes = 128 * 1024);
        var path = $"{server.Mint()}/a";
        var receiver = Curl("--fail", server.Url(path));
        string? said = seed % 2 == 0 ? $"{Length}" : null;
        using (var created = await SendAsync(server, HttpMethod.Post, path, [], ("Upload-Complete", "?0"), ("Upload-Length", said)))
        {
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        }

        HttpStatusCode status;
        do
        {
            var offset = await OffsetAsync(server, path);
            var bytes = Math.Min(random.Next(400_000), Length - offset);
            if (bytes > 0 && random.Next(2) == 0)
            {
                await DieAsync(server, path, offset, bytes, random);
            }

            // After a death its last bytes may still be on the way: then the relay refuses this piece, and nothing is cut off.
            offset = await OffsetAsync(server, path);
            bytes = Math.Min(random.Next(400_000), Length - offset);
            using var answer = await PatchAsync(
                server, path, offset, Bytes[offset..(offset + bytes)], offset + bytes == Length ? "?1" : "?0");
            status = answer.StatusCode;
            Assert.True(status is HttpStatusCode.OK or HttpStatusCode.NoContent or HttpStatusCode.Conflict, $"seed {seed}: {status}");
        }
        while (status != HttpStatusCode.OK);

        Assert.Equal(0, await receiver.WaitAsync());
        Assert.True(Bytes.AsSpan().SequenceEqual(receiver.Output));
    }

    /// <summary>Begins to send all that is left, or to say so, and breaks off.</summary>
    private async Task DieAsync(BeamServer server, string path, int offset, int bytes, Random random)
    {
        using var client = await ConnectAsync(server);
        await client.SendAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"PUT /{path} HTTP/1.1\r\nHost: localhost\r\n"
                + $"Content-Length: {Length - offset}\r\nContent-Range: bytes {offset}-{Length - 1}/{Length}\r\n\r\n"));
        await client.SendAsync(Bytes.AsMemory(offset, Math.Min(bytes, Length - offset - 1)));
        if (random.Next(2) == 0)
        {
            client.Reset();
        }
    }

    private static async Task<int> OffsetAsync(BeamServer server, string path)
    {
        using var answer = await HeadAsync(server, path);
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}");
        return int.Parse(Field(answer, "Upload-Offset")!, CultureInfo.InvariantCulture);
    }
}
