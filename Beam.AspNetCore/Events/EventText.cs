using System.Buffers;
using System.Net.ServerSentEvents;

namespace Beam.AspNetCore.Events;

/// <summary>Writes events in the framework's format.</summary>
internal static class EventText
{
    /// <param name="type">The name of the event.</param>
    /// <param name="json">Its data, in one line.</param>
    /// <param name="id">The last event that a client has seen, as it says when it comes back.</param>
    public static async ValueTask<ReadOnlyMemory<byte>> FormatAsync(string type, byte[] json, string? id = null)
    {
        using var text = new MemoryStream(json.Length + 64);
        await SseFormatter.WriteAsync(
            OnlyAsync(new SseItem<byte[]>(json, type) { EventId = id }),
            text,
            static (item, writer) => writer.Write(item.Data));
        return text.ToArray();
    }

    private static async IAsyncEnumerable<SseItem<byte[]>> OnlyAsync(SseItem<byte[]> item)
    {
        await Task.CompletedTask;
        yield return item;
    }
}
