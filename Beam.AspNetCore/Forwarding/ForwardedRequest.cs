using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Forwarding;

/// <summary>For applications that pass requests on to Beam nodes: what Beam's own endpoints do with a request.</summary>
public static class ForwardedRequest
{
    /// <summary>
    /// Lifts, for this request, the server's limits that would cut long or large transfers: body size, data rates, request timeout,
    /// response buffering. The node's limits hold instead.
    /// </summary>
    /// <param name="context">A request whose body has not been read.</param>
    public static void LiftServerLimits(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        RequestLimits.Lift(context);
    }

    /// <summary>
    /// Notes that the application has begun to read the body through the request's stream. If it stops in the middle, a refusal can then
    /// read and throw away the rest.
    /// </summary>
    /// <param name="context">The request.</param>
    public static void NoteReading(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        RequestBody.NoteReading(context, asForm: true);
    }

    /// <summary>
    /// For a node's refusal in the middle of an upload, which the application passes on as its own response: has its last read complete the
    /// response, and then read and throw away a bounded part of the rest. So the client sees the refusal, also if it looks only at the end.
    /// </summary>
    /// <param name="context">A request whose response has not started, and whose body nobody reads any more.</param>
    /// <param name="refusal">What the node has answered. Copy its body until there is no more.</param>
    public static void DiscardRest(HttpContext context, HttpResponseMessage refusal)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(refusal);
        if (!RequestBody.WillSendMore(context))
        {
            return;
        }

        RequestBody.CloseAfterwards(context);
        refusal.Content = new ForwardedContent(refusal.Content, async () =>
        {
            var options = context.RequestServices.GetRequiredService<IOptions<BeamHttpOptions>>().Value;
            await context.Response.CompleteAsync();
            await RequestBody.DiscardAsync(context, options.MaxDiscardedBytes);
        });
    }

    /// <summary>Says in one line why there is no answer of a node.</summary>
    /// <param name="context">A request whose response has not started.</param>
    /// <param name="error">The reason.</param>
    /// <returns>A task that ends when the answer has been written.</returns>
    public static Task RefuseAsync(HttpContext context, NodeError error)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Refusal.WriteAsync(context, AnswerTable.ForHop(error));
    }

    /// <summary>
    /// Answers with one line of text, or with problem details (RFC 9457) if the client accepts JSON. Then it reads a bounded part of the
    /// body and throws it away, so that a client in the middle of an upload sees the answer.
    /// </summary>
    /// <param name="context">A request whose response has not started.</param>
    /// <param name="status">The HTTP status, 400 or above.</param>
    /// <param name="reason">A line for people, without a token in it.</param>
    /// <param name="code">A name for programs, such as <c>node_unreachable</c>.</param>
    /// <returns>A task that ends when the answer has been written.</returns>
    public static Task RefuseAsync(HttpContext context, int status, string reason, string code)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(reason);
        return Refusal.WriteAsync(context, status, reason, code);
    }
}
