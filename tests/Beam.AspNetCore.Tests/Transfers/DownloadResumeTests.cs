using System.Net;
using System.Net.Http.Headers;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Transfers;

/// <summary>Receivers that are killed in the middle, and what their own programs make of it.</summary>
public sealed class DownloadResumeTests : HttpTests
{
    private const int Size = 3_000_000;
    private const int Half = 1_500_000;

    private static readonly byte[] Bytes = TestBytes.Create(31, Size);

    [Theory]
    [InlineData("curl", true)]
    [InlineData("curl", false)]
    [InlineData("wget", true)]
    [InlineData("wget", false)]
    [Trait("Rule", "P22")]
    public async Task KilledReceiver_GoesOn_WithItsOwnCommand(string program, bool isLengthKnown)
    {
        Assert.SkipUnless(ClientProcess.IsAvailable(program), $"{program} is not installed");
        var server = await StartResumableServerAsync();
        var folder = NewFolder();
        var path = $"{server.Mint()}/file.bin";
        using var sender = await ConnectAsync(server);
        var framing = isLengthKnown ? $"Content-Length: {Size}" : "Transfer-Encoding: chunked";
        await sender.SendAsync($"PUT /{path} HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n\r\n");
        await SendPartAsync(sender, isLengthKnown, Bytes.AsMemory(0, Half));
        var first = Start(program, folder, server.Url(path));
        await Eventually.TrueAsync(
            () => File.Exists(folder["file.bin"]) && new FileInfo(folder["file.bin"]).Length > 100_000,
            "some of it is on the disk");
        first.Kill();
        await first.WaitAsync();
        await server.WaitForAsync(TransferState.ReceiverAway);

        var second = Start(program, folder, server.Url(path));
        await server.WaitForAsync(TransferState.Streaming);
        await SendPartAsync(sender, isLengthKnown, Bytes.AsMemory(Half));
        if (!isLengthKnown)
        {
            await sender.SendChunkAsync(default);
        }

        Assert.True(await second.WaitAsync() == 0, second.Describe());
        Assert.Equal(200, (await sender.ReadHeadAsync()).Status);
        Assert.Equal(["file.bin"], folder.Files());
        Assert.True((await File.ReadAllBytesAsync(folder["file.bin"])).AsSpan().SequenceEqual(Bytes));
    }

    [Fact]
    [Trait("Rule", "P22")]
    public async Task ReturningReceiver_GetsTheWholeFile_WhenItsPartIsOfAnother()
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/file.bin";
        var sending = server.Client.PutAsync(path, new ByteArrayContent(Bytes[..50_000]));
        await server.WaitForAsync(static transfer => transfer.Held.To == 50_000);

        using var answer = await GetAsync(server, path, "bytes=1000-", "\"another\"");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(Bytes[..50_000], await answer.Content.ReadAsByteArrayAsync());
        using var sent = await sending;
    }

    [Fact]
    [Trait("Rule", "P22")]
    public async Task ReturningReceiver_IsToldWhatIsHeld_WhenItAsksForMore()
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/file.bin";
        var sending = server.Client.PutAsync(path, new ByteArrayContent(Bytes[..50_000]));
        await server.WaitForAsync(static transfer => transfer.Held.To == 50_000);

        using (var answer = await GetAsync(server, path, "bytes=50001-"))
        {
            Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, answer.StatusCode);
            Assert.Equal("bytes */50000", answer.Content.Headers.ContentRange!.ToString());
            Assert.Equal(
                "The relay does not hold those bytes. Resume at an offset from 0 to 50000.\n",
                await answer.Content.ReadAsStringAsync());
        }

        await BreakOffAsync(server, path, 50_000);
        using var rest = await GetAsync(server, path, "bytes=20000-");
        Assert.Equal(
            (HttpStatusCode.PartialContent, "bytes 20000-49999/50000"),
            (rest.StatusCode, rest.Content.Headers.ContentRange!.ToString()));
        Assert.Equal(Bytes[20_000..50_000], await rest.Content.ReadAsByteArrayAsync());
        using var sent = await sending;

        using var nothing = await GetAsync(server, path, "bytes=50000-");
        Assert.Equal(
            (HttpStatusCode.RequestedRangeNotSatisfiable, "bytes */50000"),
            (nothing.StatusCode, nothing.Content.Headers.ContentRange!.ToString()));
        using var late = await GetAsync(server, path, "bytes=20000-");
        Assert.Equal(HttpStatusCode.Gone, late.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "P1")]
    [Trait("Rule", "P22")]
    public async Task ReturningCurl_DoesNotTakeItsPartForTheWhole_WhenTheRestIsGone(bool isLengthKnown)
    {
        var server = await StartServerAsync(static setup => setup.Options = static options =>
        {
            options.ResumeTimeout = TimeSpan.FromMinutes(1);
            options.RewindBytes = 0;
        });
        var path = $"{server.Mint()}/file.bin";
        using var sender = await ConnectAsync(server);
        var framing = isLengthKnown ? $"Content-Length: {Size}" : "Transfer-Encoding: chunked";
        await sender.SendAsync($"PUT /{path} HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n\r\n");
        var sending = SendPartAsync(sender, isLengthKnown, Bytes.AsMemory(0, Half));
        await BreakOffAsync(server, path, Half);
        await sending;

        // Both end well on a 416, wget always and curl on one without the length.
        foreach (var program in new[] { "curl", "wget" }.Where(ClientProcess.IsAvailable))
        {
            var folder = NewFolder();
            folder.Write("file.bin", Bytes.AsSpan(0, 1000));
            var back = Start(program, folder, server.Url(path));

            Assert.True(await back.WaitAsync() != 0, back.Describe());
            Assert.Equal(1000, new FileInfo(folder["file.bin"]).Length);
        }

        using var answer = await GetAsync(server, path, "bytes=1000-");
        Assert.Equal(HttpStatusCode.Gone, answer.StatusCode);
        using var cancelled = await server.Client.DeleteAsync(path);
    }

    [Theory]
    [InlineData("bytes=20000-9223372036854775807", HttpStatusCode.PartialContent, "bytes 20000-49999/50000")]
    [InlineData("bytes=0-9223372036854775807", HttpStatusCode.OK, null)]
    [InlineData("bytes=0-9223372036854775808", HttpStatusCode.OK, null)]
    [InlineData("bytes=20000-60000", HttpStatusCode.PartialContent, "bytes 20000-49999/50000")]
    [InlineData("bytes=20000-19999", HttpStatusCode.OK, null)]
    [InlineData("bytes=-100", HttpStatusCode.OK, null)]
    [InlineData("bytes=0-9,20-29", HttpStatusCode.OK, null)]
    [InlineData("octets=20000-", HttpStatusCode.OK, null)]
    [Trait("Rule", "P22")]
    public async Task Receiver_GetsTheRest_OrTheWholeFile_WhateverRangeItAsksFor(string range, HttpStatusCode status, string? part)
    {
        var server = await StartResumableServerAsync();
        var path = $"{server.Mint()}/file.bin";
        var sending = server.Client.PutAsync(path, new ByteArrayContent(Bytes[..50_000]));
        await server.WaitForAsync(static transfer => transfer.Held.To == 50_000);
        await BreakOffAsync(server, path, 50_000);

        using var answer = await GetAsync(server, path, range);

        Assert.Equal((status, part), (answer.StatusCode, answer.Content.Headers.ContentRange?.ToString()));
        Assert.Equal(Bytes[(part is null ? 0 : 20_000)..50_000], await answer.Content.ReadAsByteArrayAsync());
        using var sent = await sending;
        Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [Trait("Rule", "P22")]
    public async Task Aria2_GetsTheRightFile_OrARefusal(int connections)
    {
        Assert.SkipUnless(ClientProcess.IsAvailable("aria2c"), "aria2c is not installed");
        var server = await StartResumableServerAsync();
        var folder = NewFolder();
        var path = $"{server.Mint()}/file.bin";
        var sending = server.Client.PutAsync(path, new ByteArrayContent(Bytes));

        var receiver = Own(ClientProcess.Start(
            "aria2c",
            [
                "--no-conf", "--quiet", "--max-tries=2", "--retry-wait=1", "--timeout=10", $"-x{connections}", $"-s{connections}",
                "--min-split-size=1M", "-d", folder.Path, "-o", "file.bin", server.Url(path),
            ]));

        var isWell = await receiver.WaitAsync() == 0;
        Assert.True(isWell || connections > 1, receiver.Describe());
        if (isWell)
        {
            Assert.True((await File.ReadAllBytesAsync(folder["file.bin"])).AsSpan().SequenceEqual(Bytes));
        }
        else
        {
            using var cancelled = await server.Client.DeleteAsync(path);
        }

        using var sent = await sending;
        Assert.Equal(isWell, sent.IsSuccessStatusCode);
    }

    private Task<BeamServer> StartResumableServerAsync()
        => StartServerAsync(static setup => setup.Options = static options => options.ResumeTimeout = TimeSpan.FromMinutes(1));

    private ClientProcess Start(string program, TempFolder folder, string url)
    {
        var options = new ClientProcessOptions { WorkingDirectory = folder.Path };
        return program == "curl"
            ? Curl(options, "--fail", "-C", "-", "-O", url)
            : Own(ClientProcess.Start("wget", ["--no-config", "-q", "-c", "--timeout=20", url], options));
    }

    private static Task SendPartAsync(RawHttpClient sender, bool isLengthKnown, ReadOnlyMemory<byte> part)
        => isLengthKnown ? sender.SendAsync(part) : sender.SendChunkAsync(part);

    private static async Task<HttpResponseMessage> GetAsync(BeamServer server, string path, string range, string? ifRange = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Range", range);
        request.Headers.IfRange = ifRange is null ? null : new RangeConditionHeaderValue(new EntityTagHeaderValue(ifRange));
        return await server.Client.SendAsync(request);
    }
}
