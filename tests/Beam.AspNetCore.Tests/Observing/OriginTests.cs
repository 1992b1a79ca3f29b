using System.Collections.Concurrent;
using Beam.AspNetCore.Tests.Servers;
using Beam.Observing;
using Microsoft.Extensions.DependencyInjection;

namespace Beam.AspNetCore.Tests.Observing;

/// <summary>An application learns which user sent what.</summary>
public sealed class OriginTests : HttpTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Observer_IsToldWhoOpenedTheChannel(bool isOneShot)
    {
        var server = await StartServerAsync(static setup => setup.Services = static builder => builder.Services.AddBeam()
            .AddTransferObserver<Record>()
            .RecordOrigin(static context => new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["user"] = context.Request.Headers["X-User"].ToString(),
                ["address"] = context.Connection.RemoteIpAddress!.ToString(),
            }));
        using var folder = new TempFolder();
        var file = folder.Write("a.txt", "some text"u8);

        ClientProcess sender;
        string url;
        if (isOneShot)
        {
            sender = Curl("--fail", "-H", "X-User: ada", "-T", file, server.Url("") + "/");
            await sender.WaitForOutputAsync("\n");
            url = sender.OutputText.Split('\n')[0];
        }
        else
        {
            using var mint = new HttpRequestMessage(HttpMethod.Post, "token") { Headers = { { "X-User", "ada" } } };
            using var minted = await server.Client.SendAsync(mint);
            url = $"{server.Url((await minted.Content.ReadAsStringAsync()).Trim())}/a.txt";
            sender = Curl("--fail", "-H", "X-User: somebody else", "-T", file, url);
        }

        Assert.Equal(0, await Curl("--fail", url).WaitAsync());
        Assert.Equal(0, await sender.WaitAsync());

        var record = (Record)server.Services.GetRequiredService<ITransferObserver>();
        await Eventually.TrueAsync(() => record.Ended.Count == 1, "the end was told");
        var told = Assert.Single(record.Ended);
        Assert.Equal(("a.txt", TransferEventKind.Delivered, 9L), (told.Name, told.Kind, told.Outcome!.Bytes));
        Assert.Equal(("ada", "127.0.0.1"), (told.Origin["user"], told.Origin["address"]));
    }

    private sealed class Record : ITransferObserver
    {
        public ConcurrentBag<TransferEvent> Ended { get; } = [];

        public ValueTask ObserveAsync(TransferEvent transferEvent, CancellationToken cancellationToken)
        {
            if (transferEvent.IsEnd)
            {
                Ended.Add(transferEvent);
            }

            return ValueTask.CompletedTask;
        }
    }
}
