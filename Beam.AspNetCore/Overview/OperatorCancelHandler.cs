using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Requests;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Beam.AspNetCore.Overview;

/// <summary><c>DELETE</c>, or a form posted to, <c>{base}/-/transfers/{id}</c>: an operator cancels a transfer by its short id.</summary>
internal sealed class OperatorCancelHandler(Relay relay, OverviewGate gate) : IBeamHttpHandler
{
    public async Task HandleAsync(HttpContext context)
    {
        if (!await gate.IsOpenAsync(context))
        {
            await gate.RefuseAsync(context);
            return;
        }

        var isCut = context.GetRouteValue("id") is string id && relay.Cancel(id);
        if (!isCut && !Accepts.Html(context.Request))
        {
            await Refusal.WriteAsync(context, AnswerTable.ForSender(TransferError.UnknownName));
            return;
        }

        // A browser goes back to the overview, which shows what is left. A transfer may have ended by itself in the meantime.
        context.Response.StatusCode = Accepts.Html(context.Request) ? StatusCodes.Status303SeeOther : StatusCodes.Status204NoContent;
        if (Accepts.Html(context.Request))
        {
            context.Response.Headers.Location = PagePlace.Root(context) + "?overview";
        }
    }
}
