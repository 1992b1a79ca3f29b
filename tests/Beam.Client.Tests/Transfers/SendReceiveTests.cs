using System.Security.Cryptography;
using Beam.Client.Tests.Servers;
using Beam.Transfers;

namespace Beam.Client.Tests.Transfers;

/// <summary>Files that move without trouble.</summary>
[Trait("Rule", "P27")]
public sealed class SendReceiveTests : ClientTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_000_000)]
    [InlineData(20_000_000)]
    public async Task File_ArrivesConfirmedAndVerified_FromClientToClient(int length)
    {
        var server = await StartServerAsync();
        var folder = NewFolder();
        var beam = NewClient(server.BaseAddress);
        var bytes = TestBytes.Create(1, length);
        var link = (await beam.MintAsync()).Link.WithName("Übergröße 100%.bin");

        var sending = beam.SendAsync(link, folder.Write("source", bytes));
        var received = await beam.ReceiveAsync(link, folder["target"]).Soon();
        var receipt = await sending.Soon();

        Assert.Equal(bytes, await File.ReadAllBytesAsync(folder["target"]));
        Assert.Equal((BeamOutcome.Confirmed, true, length), (receipt.Outcome, receipt.IsVerified, receipt.Bytes));
        Assert.Equal((true, true, length), (received.IsVerified, received.IsConfirmed, received.Bytes));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), receipt.Sha256);
        Assert.Equal(receipt.Sha256, received.Sha256);
        Assert.Equal(["source", "target"], folder.Files());
    }

    [Fact]
    public async Task File_ArrivesConfirmed_OverHttp2()
    {
        var server = await StartServerAsync();
        var http = Own(new HttpClient
        {
            DefaultRequestVersion = new Version(2, 0),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        });
        var beam = Own(new BeamClient(http, Quick(options => options.BaseAddress = new Uri(server.Http2Url))));
        var link = (await beam.MintAsync()).Link.WithName("a");

        var sending = beam.SendAsync(link, new PatternStream(2, 5_000_000));
        await beam.ReceiveAsync(link, new VerifyingStream(2)).Soon();
        var receipt = await sending.Soon();

        Assert.Equal((BeamOutcome.Confirmed, true, 5_000_000), (receipt.Outcome, receipt.IsVerified, receipt.Bytes));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Content_ThatCannotSeek_Arrives(bool isSequence)
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a");
        var content = new PatternStream(3, 3_000_000, seekable: false);

        var sending = isSequence ? beam.SendAsync(link, PartsOf(content)) : beam.SendAsync(link, content);
        await beam.ReceiveAsync(link, new VerifyingStream(3)).Soon();
        var receipt = await sending.Soon();

        Assert.Equal((BeamOutcome.Confirmed, true, 3_000_000), (receipt.Outcome, receipt.IsVerified, receipt.Bytes));
    }

    [Fact]
    public async Task ReceiverThatWaits_GetsTheFile()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a");
        var receiving = beam.ReceiveAsync(link, new VerifyingStream(4));
        await server.WaitForAsync(TransferState.WaitingForSender);

        var receipt = await beam.SendAsync(link, new PatternStream(4, 100_000)).Soon();
        var received = await receiving.Soon();

        Assert.Equal((BeamOutcome.Confirmed, true, true), (receipt.Outcome, received.IsVerified, received.IsConfirmed));
    }

    [Fact]
    public async Task PlainSender_HearsTheReceiversWord_AlsoWhenItCameFirst()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a");
        var curl = Own(new HttpClient());
        var sending = curl.PutAsync(link.Url, new ByteArrayContent(TestBytes.Create(5, 100_000)));
        await server.WaitForAsync(TransferState.WaitingForReceiver);

        var received = await beam.ReceiveAsync(link, new VerifyingStream(5)).Soon();

        Assert.Equal((100_000, true, true), (received.Bytes, received.IsVerified, received.IsConfirmed));
        using var answer = await sending.Soon();
        Assert.StartsWith("confirmed: 100000 bytes", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "P10")]
    public async Task NextFile_IsStoredUnderItsOwnName_MadeSafe()
    {
        var server = await StartServerAsync();
        var folder = NewFolder();
        var beam = NewClient(server.BaseAddress);
        var channel = (await beam.MintAsync()).Link;
        var sending = beam.SendAsync(channel.WithName("..a:b.txt"), new MemoryStream([1, 2, 3]));

        var received = await beam.ReceiveAsync(channel, folder.Path).Soon();
        var receipt = await sending.Soon();

        Assert.Equal("..a:b.txt", received.File.Name);
        Assert.Equal(["_.a_b.txt"], folder.Files());
        Assert.Equal(folder["_.a_b.txt"], received.Path);
        Assert.True(received.IsVerified);
        Assert.True(receipt.Outcome is BeamOutcome.Confirmed);
    }

    [Fact]
    [Trait("Rule", "P18")]
    public async Task Receipt_HasEveryReceiver()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a");

        var sending = beam.SendAsync(link, new PatternStream(6, 50_000), new BeamSendOptions { Receivers = 2 });
        await Task.WhenAll(beam.ReceiveAsync(link, new VerifyingStream(6)), beam.ReceiveAsync(link, new VerifyingStream(6))).Soon();
        var receipt = await sending.Soon();

        Assert.Equal([50_000, 50_000], receipt.Receivers.Select(receiver => receiver.Bytes));
    }

    [Fact]
    [Trait("Rule", "P13")]
    public async Task HandedIn_SenderLeavesWithAccepted_AndTheReceiverComesLater()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("a");

        var receipt = await beam.SendAsync(link, new PatternStream(7, 300_000), new BeamSendOptions { HandIn = true }).Soon();

        Assert.Equal((BeamOutcome.Accepted, 300_000, true), (receipt.Outcome, receipt.Bytes, receipt.IsVerified));
        Assert.NotNull(receipt.ExpiresAt);
        var received = await beam.ReceiveAsync(link, new VerifyingStream(7)).Soon();
        Assert.Equal((300_000, true), (received.Bytes, received.IsVerified));
    }

    [Fact]
    public async Task Destination_IsChosen_WhenTheFileIsKnown()
    {
        var server = await StartServerAsync();
        var beam = NewClient(server.BaseAddress);
        var link = (await beam.MintAsync()).Link.WithName("notes.txt");
        var sending = beam.SendAsync(link, new PatternStream(8, 1000), new BeamSendOptions { ContentType = "text/plain" });
        BeamFile? seen = null;

        await beam.ReceiveAsync(link, (file, _) =>
        {
            seen = file;
            return ValueTask.FromResult<Stream>(new VerifyingStream(8));
        }).Soon();
        await sending.Soon();

        Assert.Equal(("notes.txt", 1000, "text/plain"), (seen!.Name, seen.Length!.Value, seen.ContentType));
        Assert.NotNull(seen.Id);
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> PartsOf(Stream stream)
    {
        var buffer = new byte[7777];
        int count;
        while ((count = await stream.ReadAsync(buffer)) > 0)
        {
            yield return buffer.AsMemory(0, count);
        }
    }
}
