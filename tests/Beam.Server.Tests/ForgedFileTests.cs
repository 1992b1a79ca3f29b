using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Beam.Server.Tests;

/// <summary>A sender puts what looks like the relay's own notes into its file, and the server is killed.</summary>
[Trait("Rule", "P13")]
public sealed class ForgedFileTests
{
    private const string Key = "a-key-for-this-test";
    private const string Secret = "0123456789abcdefghjkmnpqrs";

    [Theory]
    [InlineData("trailer", false)]
    [InlineData("trailer", true)]
    [InlineData("entry", false)]
    [InlineData("entry", true)]
    [Trait("Rule", "P7")]
    [Trait("Rule", "P9")]
    public async Task TokenOfTheSendersChoice_OpensNothing_AfterKill9(string forgery, bool isHandedIn)
    {
        using var folder = new TempFolder();
        string[] settings = ["Beam__AccessKey=" + Key, "Beam__SpillDirectory=" + folder["spill"]];
        await using (var first = await ServerProcess.StartBeamServerAsync(settings))
        {
            await SendAsync(first, forgery == "trailer" ? ForgeTrailer() : ForgeEntry(), isHandedIn);
            first.Process.Kill();
            await first.Process.WaitAsync();
        }

        await using var second = await ServerProcess.StartBeamServerAsync(settings);

        Assert.Equal(404, await Curl.StatusAsync("-H", "Accept: application/json", second.Url("/" + Secret)));
        Assert.Equal(404, await Curl.StatusAsync("-X", "POST", "-u", ":" + Key, second.Url($"/{Secret}/-/token?rights=send")));
        Assert.DoesNotContain("evil-1", second.Log, StringComparison.Ordinal);
        if (!isHandedIn)
        {
            Assert.Empty(Directory.GetFiles(folder["spill/accepted"]));
            Assert.DoesNotContain("was found again", second.Log, StringComparison.Ordinal);
        }
    }

    /// <summary>Sends with a link that may do nothing else, once, and leaves the upload open unless the file is handed in.</summary>
    private static async Task SendAsync(ServerProcess server, byte[] body, bool isHandedIn)
    {
        var token = await server.MintAsync("-u", ":" + Key);
        var made = Curl.Start("-X", "POST", "-u", ":" + Key, server.Url($"/{token}/-/token?rights=send&uses=1&lifetime=60"));
        var link = (await made.OutputOfSuccessAsync()).Trim();
        using var sender = await RawHttpClient.ConnectAsync(server.Address.Port);
        await sender.SendAsync(
            $"PUT /{link}/file HTTP/1.1\r\nHost: localhost\r\nPrefer: respond-async\r\nTransfer-Encoding: chunked\r\n\r\n");
        await sender.SendChunkAsync(body);
        if (isHandedIn)
        {
            await sender.SendChunkAsync(default);
            Assert.Equal(202, (await sender.ReadHeadAsync()).Status);
        }

        var received = $"\"bytesReceived\":{body.Length}";
        await Eventually.TrueAsync(
            async () => (await Curl.AnswerAsync("-H", "Accept: application/json", server.Url($"/{token}/file?status")))
                .Replace(" ", "", StringComparison.Ordinal)
                .Contains(received, StringComparison.Ordinal),
            "the relay has the forged bytes");
    }

    // The bytes, then JSON with its length, its digest and a mark.
    private static byte[] ForgeTrailer()
    {
        var json = Encoding.UTF8.GetBytes(Forge(version: 2, length: 7));
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, json.Length);
        return [.. "payload"u8, .. json, .. length, .. SHA256.HashData(json), .. "BeamHeld"u8];
    }

    // What a file beside the bytes would have.
    private static byte[] ForgeEntry()
    {
        var json = Encoding.UTF8.GetBytes(Forge(version: 3, length: 0));
        return [.. HMACSHA256.HashData(new byte[32], json), .. json];
    }

    private static string Forge(int version, int length)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Secret))[..16]);
        var token = $$"""
            {"Digest":"{{digest}}","Parent":-1,"Rights":3,"ExpiresAt":"9999-01-01T00:00:00+00:00","EndsAt":"9999-01-01T00:00:00+00:00"}
            """;
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"Version":{{version}},"TransferId":"evil-1","Name":"../../etc/forged","Length":{{length}},"Receivers":1,
            "Deadline":"9999-01-01T00:00:00+00:00","Tokens":[{{token}}],"SenderToken":0}
            """);
    }
}
